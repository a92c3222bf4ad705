//! Process groups: a program and everything that it starts, killed together when they are no longer needed and when a
//! signal ends this process.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{LazyLock, Mutex, MutexGuard, Once, PoisonError};
use std::{io, thread};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// The live groups, by their leading processes. The lock is held while a group is started or killed.
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// Whether the next SIGINT or SIGTERM does not end this process.
static OUTLIVES_ONE: AtomicBool = AtomicBool::new(false);

/// Leaves the next SIGINT or SIGTERM to another handler, which ends this process cleanly. If that handler ends the
/// process at once at the signal after it, the groups are not killed here; on Linux the kernel then kills their leaders.
pub(crate) fn outlive_one_signal() {
    OUTLIVES_ONE.store(true, Ordering::Relaxed);
}

/// What a program and all that it starts belong to.
#[derive(Debug)]
pub(super) struct Group {
    leader: Pid,
}

impl Group {
    /// Starts a process that leads its own group. Keys that interrupt this process, such as Ctrl-C, do not reach it, so
    /// a signal that ends this process kills it.
    pub(super) fn spawn(mut command: Command) -> io::Result<(Child, Self)> {
        static WATCHED: Once = Once::new();
        WATCHED.call_once(watch);
        command.process_group(0);
        #[cfg(target_os = "linux")]
        die_with_us(&mut command);
        let mut groups = groups();
        let mut process = start(command)?;
        match Pid::from_raw(process.id().cast_signed()) {
            Some(leader) => {
                groups.push(leader);
                Ok((process, Self { leader }))
            }
            None => {
                process.kill()?;
                Err(io::Error::other("a process without a number"))
            }
        }
    }

    /// Returns whether the leading process has ended. It still has its number, so no other process has it.
    pub(super) fn leader_has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        // An error means that there is no such process.
        !matches!(waitid(WaitId::Pid(self.leader), options), Ok(None))
    }

    /// Kills the whole group, only once: after the process has been waited for, its number may be reused.
    pub(super) fn kill(&self) {
        let mut groups = groups();
        if let Some(place) = groups.iter().position(|&leader| leader == self.leader) {
            groups.swap_remove(place);
            // All processes may have ended.
            let _ = kill_process_group(self.leader, Signal::KILL);
        }
    }
}

/// Starts a process on a thread that does not end: the kernel kills what a thread has started when
/// that thread ends, and ours may serve one client only.
fn start(command: Command) -> io::Result<Child> {
    type Started = io::Result<Child>;
    static STARTER: LazyLock<Sender<(Command, Sender<Started>)>> = LazyLock::new(|| {
        let (starter, commands) = mpsc::channel::<(Command, Sender<Started>)>();
        thread::spawn(move || {
            for (mut command, started) in commands {
                let _ = started.send(command.spawn());
            }
        });
        starter
    });
    let (sender, started) = mpsc::channel();
    // If the thread has ended, this drops the sender, and `recv` fails.
    let _ = STARTER.send((command, sender));
    let gone = |_| io::Error::other("the thread that starts processes has ended");
    started.recv().map_err(gone)?
}

fn groups() -> MutexGuard<'static, Vec<Pid>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits, on its own thread, for the signals that end this process: it then kills all groups and lets nothing start
/// afterwards.
fn watch() {
    let deadly = [SIGHUP, SIGINT, SIGTERM].into_iter();
    let Ok(mut signals) = Signals::new(deadly.filter(|&signal| !is_ignored(signal))) else {
        return;
    };
    thread::spawn(move || {
        for signal in &mut signals {
            if signal != SIGHUP && OUTLIVES_ONE.swap(false, Ordering::Relaxed) {
                continue;
            }
            let groups = groups();
            for &leader in &*groups {
                let _ = kill_process_group(leader, Signal::KILL);
            }
            // The signal ends this process as if nothing had waited for it, while the lock is held.
            let _ = emulate_default_handler(signal);
            drop(groups);
        }
    });
}

/// Returns whether a signal was ignored at the start, as with `nohup`: then it does not end this process.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Lets the kernel kill the process when the thread that starts it ends, for the case that this process is killed.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "code between fork and exec has to be unsafe")]
fn die_with_us(command: &mut Command) {
    use rustix::process::{getpid, getppid, set_parent_process_death_signal};

    let parent = getpid();
    let ask = move || {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // The parent may have ended before.
        if getppid() == Some(parent) {
            Ok(())
        } else {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    };
    // SAFETY: between fork and exec, only async-signal-safe code may run. The closure makes two system calls (prctl,
    // getppid), takes no lock and allocates nothing: its errors are numbers and kinds.
    unsafe {
        command.pre_exec(ask);
    }
}
