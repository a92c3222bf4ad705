//! The balancer of one pool, which asks a process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use evenkeel_algorithms::{Balancer, BuildError, Failure, Fingerprint, Hashing, Pick, Pool, Slot};

use super::capabilities::{Capabilities, Counting};
use super::failure::Failed;
use super::options::SECTION;
use super::program::Program;
use super::session::Session;

/// The failure of a request that could reach only backends which a program cannot exclude.
const NO_EXCLUSION: &str =
    "this external program does not support `exclude`, so it cannot be asked for another backend";

/// The balancer of one pool, which asks a process.
#[derive(Debug)]
pub(super) struct Built {
    command: String,
    hashing: Hashing,
    capabilities: Capabilities,
    /// `None` if there is nothing to pick, or if the process has failed.
    session: Mutex<Option<Session>>,
    /// Why it can no longer be asked.
    failed: OnceLock<Failure>,
    /// Whether the latest request was not answered because the program cannot exclude a backend.
    cannot_be_told: AtomicBool,
}

impl Built {
    /// Starts the process and sends it the pool.
    pub(super) fn start(
        program: &Program,
        hashing: Hashing,
        capabilities: Capabilities,
        pool: &Pool,
    ) -> Result<Self, BuildError> {
        let session = Session::start(program, hashing, capabilities, pool)?;
        Ok(Self {
            command: program.options.command.to_string(),
            hashing,
            capabilities,
            session: Mutex::new(session),
            failed: OnceLock::new(),
            cannot_be_told: AtomicBool::new(false),
        })
    }

    fn session(&self) -> MutexGuard<'_, Option<Session>> {
        // If a panic interrupts a request, the next answer fails.
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the process, unless it has failed.
    fn attempt(&self, ask: impl FnOnce(&mut Session) -> Result<(), Failed>) {
        let mut session = self.session();
        if let Some(Err(failed)) = session.as_mut().map(ask) {
            *session = None;
            // Only the first failure is kept.
            let _ = self.failed.set(failed.into());
        }
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let mut slots = Vec::with_capacity(1);
        self.pick_each(std::slice::from_ref(pick), &mut slots);
        slots.pop().flatten()
    }

    fn pick_each(&self, picks: &[Pick<'_>], slots: &mut Vec<Option<Slot>>) {
        let start = slots.len();
        // A missing answer is `None`.
        slots.resize(start + picks.len(), None);
        self.attempt(|session| session.pick_each(picks, &mut slots[start..]));
        if !self.capabilities.exclude {
            let mut unanswered = picks.iter().zip(&slots[start..]).rev();
            let unanswered = unanswered.find(|(_, slot)| slot.is_none());
            let cannot_be_told = unanswered.is_some_and(|(pick, _)| {
                let session = self.session();
                session
                    .as_ref()
                    .is_some_and(|session| session.excludes_some(pick))
            });
            // An answered request clears the failure of an earlier one.
            self.cannot_be_told.store(cannot_be_told, Ordering::Relaxed);
        }
    }

    fn on_change(&self, pool: &Pool, slot: Slot) {
        if self.capabilities.counts == Counting::Own {
            self.attempt(|session| session.complete(pool, slot));
        }
    }

    fn failure(&self) -> Option<Failure> {
        let cannot_be_told = || {
            let cannot_be_told = self.cannot_be_told.load(Ordering::Relaxed);
            cannot_be_told.then(|| Failure::new(NO_EXCLUSION))
        };
        self.failed.get().copied().or_else(cannot_be_told)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy(SECTION.algorithm(), self.hashing);
        fingerprint.text(&self.command);
    }
}
