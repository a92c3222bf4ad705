//! The last lines that a program writes to its standard error.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::failure::cut;

/// The maximum number of lines that are kept.
const LINES: usize = 8;

/// The maximum number of bytes of a line; a longer line counts as several.
const LINE: u64 = 1 << 12;

/// The last lines, kept by a thread that reads everything, so that the program never has to wait.
#[derive(Debug)]
pub(super) struct Tail(Arc<(Mutex<Kept>, Condvar)>);

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<String>,
    ended: bool,
}

impl Tail {
    /// Starts reading.
    pub(super) fn of(errors: impl Read + Send + 'static) -> Self {
        let kept = Arc::default();
        let tail = Self(Arc::clone(&kept));
        thread::spawn(move || {
            let (kept, changed) = &*kept;
            let mut errors = BufReader::new(errors);
            let mut line = Vec::new();
            while errors
                .by_ref()
                .take(LINE)
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
            {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.lines.len() == LINES {
                    kept.lines.pop_front();
                }
                kept.lines.push_back(cut(&line));
                line.clear();
            }
            kept.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
            changed.notify_all();
        });
        tail
    }

    /// Returns the last lines: all of them if they end within this time.
    pub(super) fn lines(&self, patience: Duration) -> Vec<String> {
        let (kept, changed) = &*self.0;
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = changed.wait_timeout_while(kept, patience, |kept| !kept.ended);
        let (kept, _) = kept.unwrap_or_else(PoisonError::into_inner);
        kept.lines.iter().cloned().collect()
    }
}
