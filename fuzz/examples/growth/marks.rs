//! What marked code calls at each comparison, without a fuzzer: it is counted, and nothing else.

use std::sync::atomic::{AtomicU64, Ordering};

static COMPARED: AtomicU64 = AtomicU64::new(0);

/// Comparisons made so far.
pub(crate) fn compared() -> u64 {
    COMPARED.load(Ordering::Relaxed)
}

/// Compares nothing itself.
fn count() {
    COMPARED.fetch_add(1, Ordering::Relaxed);
}

/// A function of the compiler's that counts.
macro_rules! counting {
    ($($name:ident($kind:ty)),+) => { $(
        #[unsafe(no_mangle)]
        extern "C" fn $name(_: $kind, _: $kind) {
            count();
        }
    )+ };
}

counting! {
    __sanitizer_cov_trace_cmp1(u8), __sanitizer_cov_trace_cmp2(u16),
    __sanitizer_cov_trace_cmp4(u32), __sanitizer_cov_trace_cmp8(u64),
    __sanitizer_cov_trace_const_cmp1(u8), __sanitizer_cov_trace_const_cmp2(u16),
    __sanitizer_cov_trace_const_cmp4(u32), __sanitizer_cov_trace_const_cmp8(u64)
}

#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_trace_switch(_: u64, _: *const u64) {
    count();
}

/// Edges are for the fuzzer.
#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_8bit_counters_init(_: *const u8, _: *const u8) {}

#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_pcs_init(_: *const usize, _: *const usize) {}

#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_trace_pc_indir(_: usize) {}
