//! A process that runs a program and does not outlive this process.

use std::io;
use std::process::{self, ChildStderr, ChildStdin, ChildStdout, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::command::Command;
#[cfg(unix)]
use super::group::Group;

/// The time that a process has to end by itself once it is no longer asked.
pub(super) const GRACE: Duration = Duration::from_millis(300);

/// A process that runs a program. When dropped, it has some time to end by itself, and is then killed with everything
/// that it has started.
#[derive(Debug)]
pub(super) struct Child {
    process: process::Child,
    #[cfg(unix)]
    group: Group,
}

/// The standard streams of a process.
pub(super) struct Streams {
    pub(super) input: ChildStdin,
    pub(super) output: ChildStdout,
    pub(super) errors: ChildStderr,
}

impl Child {
    /// Starts a program.
    pub(super) fn start(command: &Command) -> io::Result<(Self, Streams)> {
        let (program, arguments) = command.words().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = process::Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = spawn(command)?;
        let process = &mut child.process;
        match (
            process.stdin.take(),
            process.stdout.take(),
            process.stderr.take(),
        ) {
            (Some(input), Some(output), Some(errors)) => {
                let streams = Streams {
                    input,
                    output,
                    errors,
                };
                Ok((child, streams))
            }
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Ends the process, at once or after some time; returns its exit status if it ended by itself.
    pub(super) fn end(&mut self, grace: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + grace;
        let mut pause = Duration::from_micros(50);
        while !self.has_ended() && Instant::now() < until {
            thread::sleep(pause);
            pause = (2 * pause).min(Duration::from_millis(5));
        }
        let by_itself = self.has_ended();
        self.kill();
        let status = self.process.wait().ok();
        status.filter(|_| by_itself)
    }

    #[cfg(unix)]
    fn has_ended(&mut self) -> bool {
        self.group.leader_has_ended()
    }

    #[cfg(unix)]
    fn kill(&mut self) {
        self.group.kill();
    }

    #[cfg(not(unix))]
    fn has_ended(&mut self) -> bool {
        !matches!(self.process.try_wait(), Ok(None))
    }

    #[cfg(not(unix))]
    fn kill(&mut self) {
        // A process that has ended cannot be killed.
        let _ = self.process.kill();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end(GRACE);
    }
}

/// A process to start, and the channel for the result.
struct Job {
    command: process::Command,
    started: Sender<io::Result<Child>>,
}

/// Starts a process on a thread that lives as long as this process: the signal by which a process learns of its
/// parent's death (see `group.rs`) is sent when the *thread* that started it ends.
fn spawn(command: process::Command) -> io::Result<Child> {
    static JOBS: OnceLock<Sender<Job>> = OnceLock::new();
    let jobs = JOBS.get_or_init(|| {
        let (jobs, asked) = mpsc::channel::<Job>();
        thread::spawn(move || {
            for Job { command, started } in asked {
                // The requester may be gone; then the process ends here.
                let _ = started.send(spawned(command));
            }
        });
        jobs
    });
    let (started, child) = mpsc::channel();
    let gone = |_| io::Error::other("the thread that starts programs has ended");
    jobs.send(Job { command, started }).map_err(|_| gone(()))?;
    child.recv().map_err(|_| gone(()))?
}

#[cfg(unix)]
fn spawned(command: process::Command) -> io::Result<Child> {
    let (process, group) = Group::spawn(command)?;
    Ok(Child { process, group })
}

#[cfg(not(unix))]
fn spawned(mut command: process::Command) -> io::Result<Child> {
    let process = command.spawn()?;
    Ok(Child { process })
}
