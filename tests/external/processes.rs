//! Programs do not outlive us, however we end.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::support::{allowing_server, balancer, config_of, python, route};

/// The numbers of the processes that were started, a program and what it has started a line.
fn started(file: &Path) -> Vec<[u32; 2]> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let pair = |line: &str| {
        let mut numbers = line.split(' ').map(|number| number.parse().unwrap());
        [numbers.next().unwrap(), numbers.next().unwrap()]
    };
    text.lines().map(pair).collect()
}

/// Whether a process runs; one that has ended and was not waited for does not.
fn runs(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = status.rsplit(") ").next().unwrap_or_default();
    !state.is_empty() && !state.starts_with('Z')
}

/// Waits until something holds.
fn wait_until(holds: impl Fn() -> bool, what: &str) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}");
        sleep(Duration::from_millis(10));
    }
}

/// A program that does not end by itself, with the file of its processes.
fn stubborn(folder: &Path) -> Option<(String, std::path::PathBuf)> {
    let file = folder.join("processes");
    let program = python("tests/external/programs/stubborn.py")?;
    Some((format!("{program} {}", file.display()), file))
}

#[test]
fn a_dropped_balancer_ends_its_process_and_what_that_has_started() {
    let folder = tempfile::tempdir().unwrap();
    let Some((command, file)) = stubborn(folder.path()) else {
        return;
    };
    let balancer = balancer(&command, &["a", "b"]).unwrap();
    assert_eq!(route(&balancer, "alice").unwrap(), "a");
    let all = started(&file);
    // Two were asked what they can do and have ended.
    let (asked, last) = all.split_at(all.len() - 1);
    let asked_ended = || asked.iter().flatten().all(|&process| !runs(process));
    wait_until(asked_ended, "the processes that were asked end");
    assert!(last.iter().flatten().all(|&process| runs(process)));
    drop(balancer);
    let all_ended = || all.iter().flatten().all(|&process| !runs(process));
    wait_until(all_ended, "all processes end");
}

/// Our own `serve` with a stubborn program, once that runs.
fn served(folder: &Path) -> Option<(Child, [u32; 2])> {
    let (command, file) = stubborn(folder)?;
    let config = config_of(&command);
    let mut server = allowing_server(config.path());
    // Three: two are asked what they can do.
    wait_until(|| started(&file).len() == 3, "the program starts");
    let mut answer = [0; 1];
    let ask = br#"{"type": "http_request", "client_id": "alice"}"#;
    std::io::Write::write_all(server.stdin.as_mut().unwrap(), &[ask, &b"\n"[..]].concat()).unwrap();
    std::io::Read::read_exact(server.stdout.as_mut().unwrap(), &mut answer).unwrap();
    let processes = started(&file)[2];
    assert!(processes.iter().all(|&process| runs(process)));
    Some((server, processes))
}

fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[test]
fn signals_end_the_processes_as_well() {
    use std::os::unix::process::ExitStatusExt;

    let signals = [("INT", 2), ("TERM", 15), ("HUP", 1)].into_iter();
    // What is ignored here, as in the background of a shell, is ignored by what is started here.
    for (signal, number) in signals.filter(|&(_, number)| !is_ignored(number)) {
        let folder = tempfile::tempdir().unwrap();
        let Some((mut server, processes)) = served(folder.path()) else {
            return;
        };
        let kill = ["-s", signal, &server.id().to_string()];
        assert!(Command::new("kill").args(kill).status().unwrap().success());
        let status = server.wait().unwrap();
        assert_eq!(status.signal(), Some(number), "{signal}: {status}");
        let ended = || processes.iter().all(|&process| !runs(process));
        wait_until(ended, signal);
    }
}

#[test]
fn a_killed_parent_takes_its_program_along() {
    let folder = tempfile::tempdir().unwrap();
    let Some((mut server, [program, other])) = served(folder.path()) else {
        return;
    };
    server.kill().unwrap();
    server.wait().unwrap();
    wait_until(|| !runs(program), "the program ends");
    // The kernel tells the program only.
    let _ = Command::new("kill").arg(other.to_string()).status();
}
