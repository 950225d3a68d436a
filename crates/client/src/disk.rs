//! Where the bytes of a file lie.

use std::ops::Range;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use crate::Result;

/// A file whose bytes can be read from any place.
pub trait Disk {
    /// Its name, without folders.
    fn name(&self) -> &str;

    /// Bytes that it holds.
    fn bytes(&self) -> u64;

    /// The bytes of a range, all of them: a range that goes beyond the end is cut there. Reading a file that has become
    /// shorter is an error.
    fn read(&self, range: Range<u64>) -> LocalBoxFuture<'_, Result<Vec<u8>>>;
}

/// The part of a range that lies within so many bytes.
fn within(range: Range<u64>, bytes: u64) -> Range<u64> {
    let end = range.end.min(bytes);
    range.start.min(end)..end
}

/// The error of a file that cannot be read.
#[cfg(any(feature = "native", target_arch = "wasm32"))]
fn unreadable(name: &str, words: &str) -> crate::Error {
    crate::Error::new(
        crate::ErrorKind::NotFound,
        format!("{name} cannot be read: {words}. Choose the file again."),
    )
}

/// A file in memory, for tests and for what was made a moment ago.
pub struct MemoryDisk {
    name: String,
    bytes: Vec<u8>,
}

impl MemoryDisk {
    /// A file of this name with these bytes.
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), bytes }
    }
}

impl Disk for MemoryDisk {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read(&self, range: Range<u64>) -> LocalBoxFuture<'_, Result<Vec<u8>>> {
        let range = within(range, self.bytes());
        let found = self.bytes.get(range.start as usize..range.end as usize).unwrap_or_default().to_vec();
        async { Ok(found) }.boxed_local()
    }
}

#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
mod native {
    use std::cell::RefCell;
    use std::fs::File;
    use std::io::{Read, Seek, SeekFrom};
    use std::path::Path;

    use super::*;

    /// A file of the system.
    pub struct NativeDisk {
        name: String,
        bytes: u64,
        file: RefCell<File>,
    }

    impl NativeDisk {
        /// Opens a file.
        pub fn open(path: impl AsRef<Path>) -> Result<Self> {
            let path = path.as_ref();
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
            let (bytes, file) = opened.map_err(|error| unreadable(&name, &error.to_string()))?;
            Ok(Self { name, bytes, file: RefCell::new(file) })
        }

        fn read_now(&self, range: Range<u64>) -> std::io::Result<Vec<u8>> {
            let range = within(range, self.bytes);
            let mut found = vec![0; (range.end - range.start) as usize];
            let mut file = self.file.borrow_mut();
            file.seek(SeekFrom::Start(range.start))?;
            file.read_exact(&mut found)?;
            Ok(found)
        }
    }

    impl Disk for NativeDisk {
        fn name(&self) -> &str {
            &self.name
        }

        fn bytes(&self) -> u64 {
            self.bytes
        }

        fn read(&self, range: Range<u64>) -> LocalBoxFuture<'_, Result<Vec<u8>>> {
            let found = self.read_now(range).map_err(|error| unreadable(&self.name, &error.to_string()));
            async { found }.boxed_local()
        }
    }
}

#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub use native::NativeDisk;

#[cfg(target_arch = "wasm32")]
mod blob {
    use js_sys::{ArrayBuffer, Uint8Array};
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::Blob;

    use super::*;

    /// A file that somebody chose or dropped, or any other `Blob`. Only the parts that are read come into memory.
    pub struct BlobDisk {
        name: String,
        blob: Blob,
    }

    impl BlobDisk {
        /// A blob under a name: a `File`'s own, where it is one.
        pub fn new(name: impl Into<String>, blob: Blob) -> Self {
            Self { name: name.into(), blob }
        }

        async fn part(&self, range: Range<u64>) -> Result<Vec<u8>, JsValue> {
            let range = within(range, self.bytes());
            let part = self.blob.slice_with_f64_and_f64(range.start as f64, range.end as f64)?;
            let buffer: ArrayBuffer = JsFuture::from(part.array_buffer()).await?.dyn_into()?;
            Ok(Uint8Array::new(&buffer).to_vec())
        }
    }

    impl Disk for BlobDisk {
        fn name(&self) -> &str {
            &self.name
        }

        fn bytes(&self) -> u64 {
            // Sizes beyond 2^53 do not exist.
            self.blob.size() as u64
        }

        fn read(&self, range: Range<u64>) -> LocalBoxFuture<'_, Result<Vec<u8>>> {
            // A file that has changed since it was chosen is refused by the browser.
            let refused =
                |_| unreadable(&self.name, "the browser no longer has it as it was when it was chosen");
            async move { self.part(range).await.map_err(refused) }.boxed_local()
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub use blob::BlobDisk;
