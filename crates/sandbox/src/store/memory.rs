//! Recordings in memory.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::{ChunkInfo, Store, StoreError, Writer};

/// A store that ends with the program.
#[derive(Debug, Default)]
pub struct MemoryStore {
    content: RwLock<Content>,
}

#[derive(Debug, Default)]
struct Content {
    documents: HashMap<String, Vec<u8>>,
    chunks: HashMap<String, Vec<(ChunkInfo, Vec<u8>)>>,
}

impl Store for MemoryStore {
    fn document(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.content.read().unwrap_or_else(PoisonError::into_inner).documents.get(key).cloned())
    }

    fn chunks(&self, stream: &str) -> Result<Vec<ChunkInfo>, StoreError> {
        let content = self.content.read().unwrap_or_else(PoisonError::into_inner);
        Ok(content.chunks.get(stream).into_iter().flatten().map(|(info, _)| *info).collect())
    }

    fn chunk(&self, stream: &str, index: usize) -> Result<Vec<u8>, StoreError> {
        let content = self.content.read().unwrap_or_else(PoisonError::into_inner);
        let chunk = content.chunks.get(stream).and_then(|chunks| chunks.get(index));
        chunk.map(|(_, bytes)| bytes.clone()).ok_or_else(|| missing(stream, index))
    }

    fn replace(
        &self,
        fill: &mut dyn FnMut(&mut dyn Writer) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut content = Content::default();
        fill(&mut content)?;
        *self.content.write().unwrap_or_else(PoisonError::into_inner) = content;
        Ok(())
    }
}

impl Writer for Content {
    fn document(&mut self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.documents.insert(key.into(), bytes);
        Ok(())
    }

    fn chunk(&mut self, stream: &str, info: ChunkInfo, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.chunks.entry(stream.into()).or_default().push((info, bytes));
        Ok(())
    }
}

/// The error for a chunk that its index names and the store lacks.
pub(super) fn missing(stream: &str, index: usize) -> StoreError {
    StoreError::Damaged(format!("chunk {index} of stream {stream} is missing"))
}
