//! How much memory something takes, to the byte: the allocator of programs with this crate counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts for each thread what it holds, the most that it held, and all that it ever asked for.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static COUNTS: Cell<Counts> = const { Cell::new(Counts { held: 0, most: 0, asked: 0 }) };
}

#[derive(Clone, Copy)]
struct Counts {
    held: isize,
    most: isize,
    asked: u64,
}

fn count(freed: usize, taken: usize) {
    // A thread that ends frees memory when its counts are gone.
    let _ = COUNTS.try_with(|counts| {
        let Counts { held, most, asked } = counts.get();
        let held = held - freed as isize + taken as isize;
        counts.set(Counts { held, most: most.max(held), asked: asked + taken as u64 });
    });
}

// SAFETY: everything is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(0, layout.size());
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(0, layout.size());
        // SAFETY: as promised by the caller.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(layout.size(), 0);
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(layout.size(), size);
        // SAFETY: as promised by the caller.
        unsafe { System.realloc(place, layout, size) }
    }
}

/// Runs something, and tells how many bytes this thread held at most beyond what it held before.
pub fn peak<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = COUNTS.with(|counts| {
        let held = counts.get().held;
        counts.set(Counts { most: held, ..counts.get() });
        held
    });
    let done = run();
    let most = COUNTS.with(Cell::get).most;
    (done, usize::try_from(most - before).unwrap_or_default())
}

/// All bytes that this thread ever asked for: what is freed and asked for again counts again.
pub fn asked() -> u64 {
    COUNTS.with(Cell::get).asked
}
