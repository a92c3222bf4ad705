//! Turns a panic of a strategy into a value, without its message on standard error.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

use crate::contract::finding::Finding;

thread_local! {
    /// Whether panics of this thread are caught.
    static QUIET: Cell<bool> = const { Cell::new(false) };
    /// The last panic that was caught.
    static CAUGHT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs a function; a panic in it becomes a finding. The program's panic hook still sees all other panics.
pub(super) fn caught<T>(run: impl FnOnce() -> Result<T, Finding>) -> Result<T, Finding> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if QUIET.get() {
                CAUGHT.set(message(info));
            } else {
                others(info);
            }
        }));
    });
    let before = QUIET.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    QUIET.set(before);
    result.unwrap_or_else(|_| Err(Finding::new(CAUGHT.take())))
}

fn message(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("no message");
    match info.location() {
        Some(place) => format!("panic at {}:{}: {text}", place.file(), place.line()),
        None => format!("panic: {text}"),
    }
}
