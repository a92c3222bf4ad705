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
use std::fs;
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

    let (process, input, output) = on_stdio(&program)?;
    let all = requests.concat();
    let (expected, batch) = measured(process, CLIENTS * REQUESTS, || {
        converse(output, input, &all)
    })?;
    let (process, mut input, mut output) = on_stdio(&program)?;
    let in_turns_on_stdio = || in_turns(&mut output, &mut input, &requests[0]);
    let ((), turns) = measured(process, TURNS, in_turns_on_stdio)?;
    println!("stdio, in batches: {}", batch.shown());
    println!("stdio, one request at a time: {}", turns.shown());
    let expected = by_client(&expected);

    for (name, flags) in [("own conversations", &[][..]), ("--shared", &["--shared"])] {
        let server = Server::start(&program, flags)?;
        let process = server.process.id();
        let (answers, single) = measured(process, REQUESTS, || server.answers(&requests[0]))?;
        assert!(
            answers == expected[0],
            "{name}: one client gets other answers"
        );

        let ((), total) = measured(process, CLIENTS * REQUESTS, || {
            answer_all(&server, &requests, &expected)
        })?;
        let stream = server.connect()?;
        let in_turns = || in_turns(&mut &stream, &mut &stream, &requests[0]);
        let ((), one) = measured(process, TURNS, in_turns)?;
        println!("{name}, 1 client in batches: {}", single.beside(&batch));
        println!(
            "{name}, {CLIENTS} clients in batches: {}",
            total.beside(&batch)
        );
        println!(
            "{name}, 1 client, one request at a time: {}",
            one.beside(&turns)
        );
    }
    println!("all answers are those of stdio");
    Ok(())
}

/// Lets all clients send their requests at once, and one more break off.
fn answer_all(server: &Server, requests: &[Vec<u8>], expected: &[&[u8]]) -> Result<()> {
    thread::scope(|scope| {
        let broken_off = scope.spawn(|| server.break_off(&requests[0]));
        let answers = requests
            .iter()
            .map(|requests| scope.spawn(|| server.answers(requests)));
        let clients: Vec<_> = answers.collect();
        for (client, expected) in clients.into_iter().zip(expected) {
            let answers = client.join().map_err(|_| "a client panicked")??;
            assert!(answers == *expected, "a client gets other answers");
        }
        broken_off.join().map_err(|_| "a client panicked")?
    })
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

/// Sends requests, each when the one before is answered.
fn in_turns(reader: &mut impl Read, writer: &mut impl Write, requests: &[u8]) -> Result<()> {
    let mut answer = [0; 1 << 12];
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
    Ok(())
}

/// `evenkeel serve` on its standard streams.
fn on_stdio(program: &str) -> Result<(u32, ChildStdin, ChildStdout)> {
    let mut serve = Command::new(program)
        .args(["serve", CONFIG])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (input, output) = (serve.stdin.take(), serve.stdout.take());
    Ok((
        serve.id(),
        input.ok_or("no input")?,
        output.ok_or("no output")?,
    ))
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

/// What some requests have cost.
struct Cost {
    /// Requests per second.
    rate: f64,
    /// The server's CPU time per request, in microseconds, on Linux. A busy machine does not change it.
    cpu: Option<f64>,
}

/// Does something that costs a server so many requests.
fn measured<T>(
    server: u32,
    requests: usize,
    work: impl FnOnce() -> Result<T>,
) -> Result<(T, Cost)> {
    let (begin, used) = (Instant::now(), cpu_time(server));
    let done = work()?;
    let requests = requests as f64;
    let rate = requests / begin.elapsed().as_secs_f64();
    let used = cpu_time(server)
        .zip(used)
        .map(|(after, before)| after - before);
    let cpu = used.map(|seconds| seconds * 1e6 / requests);
    Ok((done, Cost { rate, cpu }))
}

/// The CPU time of a process that runs or was not waited for.
fn cpu_time(process: u32) -> Option<f64> {
    const TICKS_PER_SECOND: f64 = 100.;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let mut next = || fields.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / TICKS_PER_SECOND)
}

impl Cost {
    fn shown(&self) -> String {
        let cpu = self.cpu.map(|cpu| format!(", {cpu:.2} µs of CPU each"));
        format!(
            "{:.0} thousand requests/s{}",
            self.rate / 1e3,
            cpu.unwrap_or_default()
        )
    }

    fn beside(&self, other: &Self) -> String {
        let cpu = self.cpu.zip(other.cpu).map(|(this, other)| other / this);
        let cpu = cpu.map(|ratio| format!(", {ratio:.2} x by CPU"));
        let (shown, ratio) = (self.shown(), self.rate / other.rate);
        format!("{shown} ({ratio:.2} x stdio{})", cpu.unwrap_or_default())
    }
}
