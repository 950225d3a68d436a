//! Cross-crate, conformance and browser tests of Streamscope.
