//! Recordings in one SQLite file.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::memory::missing;
use super::{ChunkInfo, Store, StoreError, Writer};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS document (key TEXT PRIMARY KEY, bytes BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS chunk (
        stream TEXT NOT NULL,
        number INTEGER NOT NULL,
        first_time INTEGER NOT NULL,
        last_time INTEGER NOT NULL,
        rows INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (stream, number)
    );
    CREATE INDEX IF NOT EXISTS chunk_times ON chunk (stream, number, first_time, last_time, rows);";

/// A store in a file. One connection, one user at a time: a chunk is read in microseconds.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens a file, or makes it.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        Self::new(Connection::open(file)?)
    }

    /// A database that ends with the program.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::new(Connection::open_in_memory()?)
    }

    fn new(connection: Connection) -> Result<Self, StoreError> {
        connection.execute_batch(TABLES)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere leaves the connection usable: an open transaction was rolled back when it was dropped.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for SqliteStore {
    fn document(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let connection = self.lock();
        let mut query = connection.prepare_cached("SELECT bytes FROM document WHERE key = ?1")?;
        Ok(query.query_row([key], |row| row.get(0)).optional()?)
    }

    fn chunks(&self, stream: &str) -> Result<Vec<ChunkInfo>, StoreError> {
        let connection = self.lock();
        let mut query = connection.prepare_cached(
            "SELECT first_time, last_time, rows FROM chunk WHERE stream = ?1 ORDER BY number",
        )?;
        let infos = query.query_map([stream], |row| {
            let rows: i64 = row.get(2)?;
            Ok(ChunkInfo { first_time: row.get(0)?, last_time: row.get(1)?, rows: rows.unsigned_abs() })
        })?;
        Ok(infos.collect::<Result<_, _>>()?)
    }

    fn chunk(&self, stream: &str, index: usize) -> Result<Vec<u8>, StoreError> {
        let connection = self.lock();
        let mut query =
            connection.prepare_cached("SELECT bytes FROM chunk WHERE stream = ?1 AND number = ?2")?;
        let bytes = query.query_row(params![stream, index as i64], |row| row.get(0)).optional()?;
        bytes.ok_or_else(|| missing(stream, index))
    }

    fn edit(
        &self,
        change: &mut dyn FnMut(&mut dyn Writer) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let mut content = Content { transaction: connection.transaction()? };
        change(&mut content)?;
        Ok(content.transaction.commit()?)
    }
}

struct Content<'a> {
    transaction: Transaction<'a>,
}

impl Writer for Content<'_> {
    fn clear(&mut self) -> Result<(), StoreError> {
        Ok(self.transaction.execute_batch("DELETE FROM chunk; DELETE FROM document;")?)
    }

    fn document(&mut self, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("INSERT OR REPLACE INTO document (key, bytes) VALUES (?1, ?2)")?
            .execute(params![key, bytes])?;
        Ok(())
    }

    fn forget(&mut self, key: &str) -> Result<(), StoreError> {
        self.transaction.prepare_cached("DELETE FROM document WHERE key = ?1")?.execute([key])?;
        Ok(())
    }

    fn chunk(&mut self, stream: &str, info: ChunkInfo, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO chunk (stream, number, first_time, last_time, rows, bytes)
                 VALUES (?1, (SELECT count(*) FROM chunk WHERE stream = ?1), ?2, ?3, ?4, ?5)",
            )?
            .execute(params![stream, info.first_time, info.last_time, info.rows as i64, bytes])?;
        Ok(())
    }

    fn truncate(&mut self, stream: &str, chunks: usize) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("DELETE FROM chunk WHERE stream = ?1 AND number >= ?2")?
            .execute(params![stream, chunks as i64])?;
        Ok(())
    }
}
