//! Recordings in memory.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::{ChunkInfo, Store, StoreError, Writer};

/// A store that ends with the program.
#[derive(Debug, Default)]
pub struct MemoryStore {
    content: RwLock<Content>,
}

type Chunk = (ChunkInfo, Arc<[u8]>);

/// Bytes are shared between copies: an edit works on a copy, and a copy costs no more than its index.
#[derive(Debug, Default, Clone)]
struct Content {
    documents: HashMap<String, Arc<[u8]>>,
    chunks: HashMap<String, Vec<Chunk>>,
}

impl MemoryStore {
    /// A store with the same content; what is written to one does not reach the other.
    pub fn copy(&self) -> Self {
        Self { content: RwLock::new(self.read().clone()) }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Content> {
        // A panic elsewhere leaves the content whole: it is swapped, never changed in place.
        self.content.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn document(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.read().documents.get(key).map(|bytes| bytes.to_vec()))
    }

    fn chunks(&self, stream: &str) -> Result<Vec<ChunkInfo>, StoreError> {
        Ok(self.read().chunks.get(stream).into_iter().flatten().map(|(info, _)| *info).collect())
    }

    fn chunk(&self, stream: &str, index: usize) -> Result<Vec<u8>, StoreError> {
        let content = self.read();
        let chunk = content.chunks.get(stream).and_then(|chunks| chunks.get(index));
        chunk.map(|(_, bytes)| bytes.to_vec()).ok_or_else(|| missing(stream, index))
    }

    fn edit(
        &self,
        change: &mut dyn FnMut(&mut dyn Writer) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut content = self.content.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = content.clone();
        change(&mut changed)?;
        *content = changed;
        Ok(())
    }
}

impl Writer for Content {
    fn clear(&mut self) -> Result<(), StoreError> {
        *self = Self::default();
        Ok(())
    }

    fn document(&mut self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.documents.insert(key.into(), bytes.into());
        Ok(())
    }

    fn forget(&mut self, key: &str) -> Result<(), StoreError> {
        self.documents.remove(key);
        Ok(())
    }

    fn chunk(&mut self, stream: &str, info: ChunkInfo, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.chunks.entry(stream.into()).or_default().push((info, bytes.into()));
        Ok(())
    }

    fn truncate(&mut self, stream: &str, chunks: usize) -> Result<(), StoreError> {
        if chunks == 0 {
            self.chunks.remove(stream);
        } else if let Some(kept) = self.chunks.get_mut(stream) {
            kept.truncate(chunks);
        }
        Ok(())
    }
}

/// The error for a chunk that its index names and the store lacks.
pub(super) fn missing(stream: &str, index: usize) -> StoreError {
    StoreError::Damaged(format!("chunk {index} of stream {stream} is missing"))
}
