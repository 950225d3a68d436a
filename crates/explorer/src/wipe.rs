//! Memory that is given back is wiped: what a person typed and what a platform sent is gone once nobody uses it, not
//! only when something else happens to lie there.

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, with zeros over what is given back.
pub(crate) struct Wiping;

// SAFETY: every call goes to the system's allocator with the layout that it came with; what is written lies in a block
// that the caller has just given up. Blocks grow by `GlobalAlloc::realloc`, which takes a new one and gives the old one
// back through `dealloc`.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block has the layout's size, and is the caller's until `System` has it back.
        unsafe {
            block.write_bytes(0, layout.size());
            System.dealloc(std::hint::black_box(block), layout);
        }
    }
}
