//! Requests under way that end together, when what they were for is given up.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use wasm_bindgen_futures::spawn_local;

/// Requests under way.
#[derive(Clone, Default)]
pub struct Tasks {
    handles: Rc<RefCell<BTreeMap<u64, AbortHandle>>>,
    next: Rc<Cell<u64>>,
}

impl Tasks {
    /// Runs a task until it ends or [`stop`](Self::stop) ends it.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let number = self.next.replace(self.next.get() + 1);
        let (handle, registration) = AbortHandle::new_pair();
        self.handles.borrow_mut().insert(number, handle);
        let handles = self.handles.clone();
        spawn_local(async move {
            let _ = Abortable::new(task, registration).await;
            handles.borrow_mut().remove(&number);
        });
    }

    /// Ends all of them.
    pub fn stop(&self) {
        self.handles.borrow().values().for_each(AbortHandle::abort);
    }
}
