//! Zip archives: what stands between and after the files of one, which are stored as they are.

use super::WriteError;

/// Version 2.0, which stored files need.
const VERSION: u16 = 20;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
/// 1 January 1980, the first day there is: equal files make equal archives.
const DATE: u16 = 1 << 5 | 1;

/// What an archive says of a file: its size and checksum, known once all of it has gone by.
#[derive(Debug, Clone, Default)]
pub struct ZippedFile {
    size: u64,
    crc: crc32fast::Hasher,
}

impl ZippedFile {
    /// Takes in the next bytes of the file.
    pub fn update(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.crc.update(bytes);
    }

    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// Writes an archive (PKWARE's APPNOTE.TXT, without compression and without zip64): for each file its
/// [header](Self::header), then its bytes; [`finish`](Self::finish) after the last. It keeps no file.
#[derive(Debug, Default)]
pub struct ZipWriter {
    directory: Vec<u8>,
    files: u16,
    offset: u32,
}

impl ZipWriter {
    /// What comes before the bytes of a file. Fails where the archive would have more than 65,534 files or 4 GB.
    pub fn header(&mut self, name: &str, file: &ZippedFile) -> Result<Vec<u8>, WriteError> {
        let too_much =
            || WriteError::Zip("a zip file holds 65,534 files and 4 GB at most: save less at once".into());
        let length =
            u16::try_from(name.len()).map_err(|_| WriteError::Zip("a file's name is too long".into()))?;
        let size = u32::try_from(file.size).map_err(|_| too_much())?;
        let files = self.files.checked_add(1).filter(|files| *files < u16::MAX).ok_or_else(too_much)?;
        let mut common = Vec::with_capacity(26);
        for number in [VERSION, UTF8, 0, 0, DATE] {
            common.extend(number.to_le_bytes());
        }
        for number in [file.crc.clone().finalize(), size, size] {
            common.extend(number.to_le_bytes());
        }
        common.extend(length.to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        let local = [b"PK\x03\x04", common.as_slice(), name.as_bytes()].concat();
        let end = [local.len() as u64, file.size].iter().sum::<u64>() + u64::from(self.offset);
        let end = u32::try_from(end).map_err(|_| too_much())?;
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(common);
        // No comment, disk 0, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(self.offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        (self.files, self.offset) = (files, end);
        Ok(local)
    }

    /// What comes after the last file.
    pub fn finish(self) -> Result<Vec<u8>, WriteError> {
        let size = u32::try_from(self.directory.len())
            .map_err(|_| WriteError::Zip("the names of the files are too long for a zip file".into()))?;
        let mut tail = self.directory;
        tail.extend(b"PK\x05\x06\0\0\0\0");
        tail.extend(self.files.to_le_bytes());
        tail.extend(self.files.to_le_bytes());
        tail.extend(size.to_le_bytes());
        tail.extend(self.offset.to_le_bytes());
        tail.extend(0_u16.to_le_bytes());
        Ok(tail)
    }
}
