//! Measures `evenkeel serve --listen` under load, and checks that its answers are those of standard output.
//!
//! 32 clients send 50,000 requests each, all at once, and one more breaks off in the middle. The rates stand beside
//! those of the same requests on standard input, measured in the same run:
//!
//! ```sh
//! cargo build --release && cargo run --release --example serve_load -- target/release/evenkeel
//! ```

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Instant;

const CLIENTS: usize = 32;
const REQUESTS: usize = 50_000;
/// Of one client that waits for each answer.
const TURNS: usize = 20_000;
const CONFIG: &str = "configs/ketama.yaml";

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let program = env::args().nth(1);
    let program = program.unwrap_or_else(|| "target/release/evenkeel".to_owned());
    let requests: Vec<_> = (0..CLIENTS).map(requests).collect();

    let (input, output) = on_stdio(&program)?;
    let begin = Instant::now();
    let expected = converse(output, input, &requests.concat())?;
    let batch = rate(CLIENTS * REQUESTS, begin);
    let (mut input, mut output) = on_stdio(&program)?;
    let turns = in_turns(&mut output, &mut input, &requests[0])?;
    println!(
        "stdio: {} in batches, {} one at a time",
        shown(batch),
        shown(turns)
    );
    let expected = by_client(&expected);

    for (name, flags) in [("own conversations", &[][..]), ("--shared", &["--shared"])] {
        let server = Server::start(&program, flags)?;
        let begin = Instant::now();
        let answers = server.answers(&requests[0])?;
        let single = rate(REQUESTS, begin);
        assert!(
            answers == expected[0],
            "{name}: one client gets other answers"
        );

        let begin = Instant::now();
        thread::scope(|scope| {
            let broken_off = scope.spawn(|| server.break_off(&requests[0]));
            let server = &server;
            let answers = requests
                .iter()
                .map(|requests| scope.spawn(|| server.answers(requests)));
            let clients: Vec<_> = answers.collect();
            for (client, expected) in clients.into_iter().zip(&expected) {
                let answers = client.join().map_err(|_| "a client panicked")??;
                assert!(answers == *expected, "{name}: a client gets other answers");
            }
            broken_off.join().map_err(|_| "a client panicked")?
        })?;
        let total = rate(CLIENTS * REQUESTS, begin);
        let stream = server.connect()?;
        let one = in_turns(&mut &stream, &mut &stream, &requests[0])?;
        println!("{name}:");
        println!(
            "  {CLIENTS} clients in batches: {} ({:.2} x stdio)",
            shown(total),
            total / batch
        );
        println!(
            "  1 client in batches: {} ({:.2} x)",
            shown(single),
            single / batch
        );
        println!(
            "  1 client one at a time: {} ({:.2} x)",
            shown(one),
            one / turns
        );
        println!("  all answers are those of stdio");
    }
    Ok(())
}

/// The requests of a client.
fn requests(client: usize) -> Vec<u8> {
    let line = |number| {
        format!(
            "{{\"type\":\"http_request\",\"msg_id\":{number},\"client_id\":\"client-{client}-{number}\"}}\n"
        )
    };
    (0..REQUESTS).map(line).collect::<String>().into_bytes()
}

/// The answers to each client's requests.
fn by_client(answers: &[u8]) -> Vec<&[u8]> {
    let ends = answers
        .iter()
        .enumerate()
        .filter(|&(_, &byte)| byte == b'\n');
    let ends = ends
        .map(|(place, _)| place + 1)
        .skip(REQUESTS - 1)
        .step_by(REQUESTS);
    let mut start = 0;
    ends.map(|end| &answers[mem::replace(&mut start, end)..end])
        .collect()
}

/// Sends all requests and reads all answers, at the same time. Dropping the writer ends the input.
fn converse(
    mut reader: impl Read,
    mut writer: impl Write + Send,
    requests: &[u8],
) -> Result<Vec<u8>> {
    thread::scope(|scope| {
        let sent = scope.spawn(move || writer.write_all(requests));
        let mut answers = Vec::with_capacity(3 * requests.len());
        reader.read_to_end(&mut answers)?;
        sent.join().map_err(|_| "the writer panicked")??;
        Ok(answers)
    })
}

/// The rate of requests that are sent one at a time.
fn in_turns(reader: &mut impl Read, writer: &mut impl Write, requests: &[u8]) -> Result<f64> {
    let mut answer = [0; 1 << 12];
    let begin = Instant::now();
    for request in requests.split_inclusive(|&byte| byte == b'\n').take(TURNS) {
        writer.write_all(request)?;
        loop {
            let read = reader.read(&mut answer)?;
            if read == 0 {
                return Err("the server has closed the connection".into());
            }
            if answer[..read].ends_with(b"\n") {
                break;
            }
        }
    }
    Ok(rate(TURNS, begin))
}

/// The streams of `evenkeel serve`.
fn on_stdio(program: &str) -> Result<(ChildStdin, ChildStdout)> {
    let mut serve = Command::new(program)
        .args(["serve", CONFIG])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (input, output) = (serve.stdin.take(), serve.stdout.take());
    Ok((input.ok_or("no input")?, output.ok_or("no output")?))
}

/// `evenkeel serve` at a port.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(program: &str, flags: &[&str]) -> Result<Self> {
        let mut process = Command::new(program)
            .args(["serve", CONFIG, "--listen", "127.0.0.1:0"])
            .args(flags)
            .stderr(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(process.stderr.take().ok_or("no errors")?).read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on ");
        let address = address.ok_or_else(|| line.clone())?.to_owned();
        Ok(Self { process, address })
    }

    fn connect(&self) -> Result<TcpStream> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// The answers to all requests of a client.
    fn answers(&self, requests: &[u8]) -> Result<Vec<u8>> {
        let stream = self.connect()?;
        converse(&stream, HalfClosing(&stream), requests)
    }

    /// A client that leaves in the middle of a line, with answers that it has not read.
    fn break_off(&self, requests: &[u8]) -> Result<()> {
        let mut stream = self.connect()?;
        stream.write_all(&requests[..20_000])?;
        Ok(stream.read_exact(&mut [0; 10])?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A connection that ends its input when it is dropped.
struct HalfClosing<'a>(&'a TcpStream);

impl Write for HalfClosing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl Drop for HalfClosing<'_> {
    fn drop(&mut self) {
        let _ = self.0.shutdown(Shutdown::Write);
    }
}

fn rate(requests: usize, begin: Instant) -> f64 {
    requests as f64 / begin.elapsed().as_secs_f64()
}

fn shown(rate: f64) -> String {
    format!("{:.0} thousand requests/s", rate / 1e3)
}
