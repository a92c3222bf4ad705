//! A server as a process of its own, and clients of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// `evenkeel serve` at a free port, and at other addresses that its arguments name.
pub(crate) struct Server {
    pub(crate) process: Child,
    /// Where it listens, as it says.
    pub(crate) addresses: Vec<String>,
    _errors: BufReader<ChildStderr>,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = BufReader::new(process.stderr.take().unwrap());
        let expected = 1 + arguments.iter().filter(|&&word| word == "--listen").count();
        let mut addresses = Vec::new();
        while addresses.len() < expected {
            let mut line = String::new();
            errors.read_line(&mut line).unwrap();
            let address = line.trim_end().strip_prefix("listening on ");
            let address = address.unwrap_or_else(|| panic!("standard error has {line:?}"));
            addresses.push(address.to_owned());
        }
        Self {
            process,
            addresses,
            _errors: errors,
        }
    }

    pub(crate) fn connect(&self) -> Client {
        let stream = TcpStream::connect(&*self.addresses[0]).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Client(BufReader::new(stream))
    }

    /// Waits for its end.
    pub(crate) fn ended(mut self) -> ExitStatus {
        let mut status = None;
        wait_until("the server ends", || {
            status = self.process.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A client of a server.
pub(crate) struct Client(pub(crate) BufReader<TcpStream>);

impl Client {
    pub(crate) fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    /// The next line, or nothing if the connection is closed.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Sends a text again and again until the server takes no more. Returns how many bytes it took.
    pub(crate) fn fill(&self, text: &str) -> usize {
        let mut writer = self.0.get_ref();
        let patience = Duration::from_millis(300);
        writer.set_write_timeout(Some(patience)).unwrap();
        let mut sent = 0;
        while let Ok(written) = writer.write(&text.as_bytes()[sent % text.len()..]) {
            sent += written;
        }
        sent
    }

    /// Sends a request, which must reach a backend.
    pub(crate) fn reach(&mut self, request: &str) {
        let answer = self.ask(request);
        assert!(answer.contains("http_response"), "to {request}: {answer}");
    }

    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.send(&format!("{line}\n"));
        self.line()
    }

    /// The answers to all of an input, which is written in pieces of a size.
    pub(crate) fn converse(self, input: &[u8], piece: usize) -> String {
        let stream = self.0.into_inner();
        let mut writer = stream.try_clone().unwrap();
        let mut reader = stream;
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut pieces = input.chunks(piece);
                pieces
                    .try_for_each(|piece| writer.write_all(piece))
                    .unwrap();
                writer.shutdown(Shutdown::Write).unwrap();
            });
            let mut answers = String::new();
            reader.read_to_string(&mut answers).unwrap();
            answers
        })
    }
}

/// Waits until something holds.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "timed out: {what}");
        sleep(Duration::from_millis(5));
    }
}

/// The answers of `evenkeel serve` on its standard output.
pub(crate) fn on_stdio(arguments: &[&str], input: &[u8]) -> String {
    let mut process = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("serve")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let output = thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input).unwrap());
        process.wait_with_output().unwrap()
    });
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Why `evenkeel serve` does not start.
pub(crate) fn refusal(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("serve")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}
