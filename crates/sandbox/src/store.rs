//! Where recordings live: documents by key, and each stream as chunks of rows with a time index.

mod memory;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use memory::MemoryStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

/// What can go wrong in a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database failed.
    #[cfg(feature = "sqlite")]
    #[error("the recordings' database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A chunk cannot be written or read as Arrow IPC.
    #[error("a chunk is not readable: {0}")]
    Arrow(#[from] arrow_schema::ArrowError),
    /// What is stored does not fit together. Holds what was found.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

/// The index entry of one chunk. Its times are in the unit that its stream's rows are kept in (Rune: ns, Joule: µs).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkInfo {
    /// Time of the first row.
    pub first_time: i64,
    /// Time of the last row.
    pub last_time: i64,
    /// Rows in the chunk.
    pub rows: u64,
}

/// Reads recordings and changes them, each change whole or not at all.
pub trait Store: Send + Sync {
    /// A document (a platform's catalogue, as JSON); `None` when there is none of that key.
    fn document(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// The chunks of a stream, in time order; empty for a stream without rows, and for one that is not known.
    fn chunks(&self, stream: &str) -> Result<Vec<ChunkInfo>, StoreError>;

    /// The bytes of a stream's chunk, counted from 0.
    fn chunk(&self, stream: &str, index: usize) -> Result<Vec<u8>, StoreError>;

    /// Makes the changes that `change` writes. When it fails, the content stays as it was.
    ///
    /// `change` must not read from the store: one user at a time.
    fn edit(
        &self,
        change: &mut dyn FnMut(&mut dyn Writer) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Replaces all content by what `fill` writes. When `fill` fails, the content stays as it was.
    fn replace(
        &self,
        fill: &mut dyn FnMut(&mut dyn Writer) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.edit(&mut |writer| {
            writer.clear()?;
            fill(writer)
        })
    }
}

/// Changes the content of a [`Store`].
pub trait Writer {
    /// Removes everything.
    fn clear(&mut self) -> Result<(), StoreError>;

    /// Sets a document.
    fn document(&mut self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError>;

    /// Removes a document; nothing happens when there is none.
    fn forget(&mut self, key: &str) -> Result<(), StoreError>;

    /// Appends a chunk to a stream. Chunks come in time order.
    fn chunk(&mut self, stream: &str, info: ChunkInfo, bytes: Vec<u8>) -> Result<(), StoreError>;

    /// Keeps the first `chunks` chunks of a stream and removes those that follow.
    fn truncate(&mut self, stream: &str, chunks: usize) -> Result<(), StoreError>;
}
