//! The end of a server, and the files of its sockets.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::ExitStatusExt;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::server::{Server, refusal, wait_until};

const REQUEST: &str = r#"{"type":"http_request","client_id":"alice"}"#;
const CONFIG: &str = "configs/ketama.yaml";

fn send(signal: Signal, server: &Server) {
    kill_process(Pid::from_child(&server.process), signal).unwrap();
}

#[test]
fn a_signal_ends_it_when_all_that_arrived_is_answered() {
    for signal in [Signal::TERM, Signal::INT] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let address = format!("unix:{}", path.display());
        let server = Server::start(&[CONFIG, "--listen", &address]);
        let mut client = server.connect();
        let mut at_file = UnixStream::connect(&path).unwrap();
        let requests = format!("{REQUEST}\n").repeat(500) + &REQUEST[..20];
        client.send(&requests);
        at_file.write_all(requests.as_bytes()).unwrap();
        send(signal, &server);

        let mut answers = String::new();
        client.0.read_to_string(&mut answers).unwrap();
        let mut at_file_too = String::new();
        at_file.read_to_string(&mut at_file_too).unwrap();
        for answers in [answers, at_file_too] {
            assert_eq!(answers.matches("http_response").count(), 500);
            // Half a line is not answered.
            assert_eq!(answers.lines().count(), 500);
        }
        assert_eq!(server.ended().code(), Some(0));
        assert!(!path.exists(), "the file of the socket is removed");
    }
}

/// A client that never reads is waited for, but not after a second signal.
#[test]
fn a_second_signal_ends_it_at_once() {
    let server = Server::start(&[CONFIG]);
    let client = server.connect();
    client.fill(&format!("{REQUEST}\n").repeat(1000));
    let start = Instant::now();
    send(Signal::TERM, &server);
    wait_until("it accepts no more clients", || {
        std::net::TcpStream::connect(&*server.addresses[0]).is_err()
    });
    send(Signal::TERM, &server);
    assert_eq!(server.ended().signal(), Some(15));
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
}

/// A client that never reads does not keep it.
#[test]
fn clients_that_do_not_read_are_cut_off_in_the_end() {
    let server = Server::start(&[CONFIG]);
    let client = server.connect();
    client.fill(&format!("{REQUEST}\n").repeat(1000));
    let start = Instant::now();
    send(Signal::TERM, &server);
    assert_eq!(server.ended().code(), Some(0));
    assert!(
        start.elapsed() < Duration::from_secs(15),
        "{:?}",
        start.elapsed()
    );
}

/// What arrives after the signal is not answered, or the clients could keep it for ever.
#[test]
fn clients_that_go_on_sending_do_not_keep_it() {
    let server = Server::start(&[CONFIG]);
    let client = server.connect();
    let (mut writer, mut reader) = (client.0.get_ref(), client.0.get_ref());
    let requests = format!("{REQUEST}\n").repeat(100);
    thread::scope(|scope| {
        scope.spawn(|| while writer.write_all(requests.as_bytes()).is_ok() {});
        reader.read_exact(&mut [0; 100_000]).unwrap();
        let start = Instant::now();
        send(Signal::TERM, &server);
        let mut answers = Vec::new();
        // The connection may be reset for what was sent too late.
        let _ = reader.read_to_end(&mut answers);
        assert!(
            start.elapsed() < Duration::from_secs(4),
            "{:?}",
            start.elapsed()
        );
        assert!(answers.ends_with(b"\n"), "the last answer is whole");
    });
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn a_socket_is_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let _server = Server::start(&["--listen", &format!("unix:{}", path.display())]);
    let found = fs::metadata(&path).unwrap();
    assert!(found.file_type().is_socket());
    assert_eq!(found.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_stale_socket_is_replaced_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let address = format!("unix:{}", path.display());
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let server = Server::start(&["--listen", &address]);
    let mut client = UnixStream::connect(&path).unwrap();
    client.write_all(b"x\n").unwrap();
    client.read_exact(&mut [0; 8]).unwrap();

    let error = refusal(&["--listen", &address]);
    assert!(error.contains("another process listens at"), "{error}");
    client.write_all(b"x\n").unwrap();
    drop(server);

    let file = folder.path().join("file");
    fs::write(&file, "text").unwrap();
    let error = refusal(&["--listen", &format!("unix:{}", file.display())]);
    assert!(error.contains("is not a socket"), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "text");

    let error = refusal(&[
        "--listen",
        &format!("unix:{}/no/socket", folder.path().display()),
    ]);
    assert!(error.contains("cannot listen at"), "{error}");
}

/// The file of another server, which was put in its place, stays.
#[test]
fn only_the_own_socket_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let server = Server::start(&["--listen", &format!("unix:{}", path.display())]);
    fs::remove_file(&path).unwrap();
    let _other = UnixListener::bind(&path).unwrap();
    send(Signal::TERM, &server);
    assert_eq!(server.ended().code(), Some(0));
    assert!(path.exists());
}

/// The kernel kills what a thread has started when the thread ends, and a signal kills all programs.
#[test]
fn a_program_that_is_the_strategy_outlives_a_client_and_not_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("external.yaml");
    let command = [env!("CARGO_BIN_EXE_evenkeel"), "serve", CONFIG];
    let options = format!("options: {{ external: {{ command: {command:?} }} }}");
    fs::write(
        &config,
        format!("algorithm: external\nbackends: [a, b]\n{options}\n"),
    )
    .unwrap();
    let server = Server::start(&["--allow-external", "--shared", config.to_str().unwrap()]);
    let (mut leaving, mut staying) = (server.connect(), server.connect());
    let added = leaving.ask(r#"{"type":"add_backend","backend":"c"}"#);
    assert_eq!(added, r#"{"type": "add_backend_ok"}"#);
    leaving.reach(REQUEST);
    drop(leaving);
    sleep(Duration::from_millis(100));
    staying.reach(REQUEST);
    send(Signal::TERM, &server);
    assert_eq!(server.ended().code(), Some(0));
}
