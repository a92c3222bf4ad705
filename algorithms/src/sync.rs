//! The types shared between threads: the standard library's, or loom's for the models in `tests/loom.rs`.

#[cfg(loom)]
use loom::sync;
#[cfg(not(loom))]
use std::sync;

pub(crate) use arc_swap::ArcSwap;
pub(crate) use sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize};
pub(crate) use sync::{Arc, Mutex, MutexGuard};

/// A lock in place of the crate of this name, because loom cannot see into it.
#[cfg(loom)]
mod arc_swap {
    use super::{Arc, Mutex, MutexGuard};

    #[derive(Debug)]
    pub(crate) struct ArcSwap<T>(Mutex<Arc<T>>);

    impl<T> ArcSwap<T> {
        pub(crate) fn from_pointee(value: T) -> Self {
            Self(Mutex::new(Arc::new(value)))
        }

        pub(crate) fn load(&self) -> Arc<T> {
            self.load_full()
        }

        pub(crate) fn load_full(&self) -> Arc<T> {
            Arc::clone(&self.lock())
        }

        pub(crate) fn store(&self, next: Arc<T>) {
            // Dropped after the lock is released, as in the real crate.
            let _last = std::mem::replace(&mut *self.lock(), next);
        }

        fn lock(&self) -> MutexGuard<'_, Arc<T>> {
            self.0.lock().expect("nothing panics under this lock")
        }
    }
}
