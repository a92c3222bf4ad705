//! `evenkeel serve`: lines a second from a file, and the time of one question and its answer.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};
use evenkeel::protocol::{Limits, serve};
use evenkeel_algorithms::Registry;

const LINES: usize = 2_000_000;
const QUESTIONS: usize = 20_000;
const INIT: &str = r#"{"src":"client","dest":"lb","body":{"type":"init","msg_id":1,"backends":["b1","b2","b3","b4","b5"],"algorithm":"consistent-hash"}}"#;

fn request(number: usize) -> String {
    let client = number * 7_919 % 100_003;
    format!(
        r#"{{"src":"client","dest":"lb","body":{{"type":"http_request","msg_id":{number},"method":"GET","path":"/api/data","client_id":"client-{client}"}}}}"#
    )
}

/// Requests a second on one core: the best of three runs, from a file to nowhere.
pub fn requests_a_second() -> Result<f64> {
    let mut file = tempfile::NamedTempFile::new()?;
    let mut lines = io::BufWriter::new(&mut file);
    writeln!(lines, "{INIT}")?;
    (0..LINES).try_for_each(|number| writeln!(lines, "{}", request(number)))?;
    lines.flush()?;
    drop(lines);
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let (input, output) = (File::open(file.path())?, File::create("/dev/null")?);
        let start = Instant::now();
        serve(
            input,
            output,
            None,
            Registry::builtin(),
            start,
            Limits::default(),
        )?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(LINES as f64 / best)
}

/// Microseconds from a question on a pipe to its answer: the median and the 99th of a hundred.
pub fn time_of_an_answer() -> Result<(f64, f64)> {
    let (questions, mut asks) = io::pipe()?;
    let (answers, answered) = io::pipe()?;
    let server = thread::spawn(move || {
        serve(
            questions,
            answered,
            None,
            Registry::builtin(),
            Instant::now(),
            Limits::default(),
        )
    });
    let (mut answers, mut answer) = (BufReader::new(answers), String::new());
    writeln!(asks, "{INIT}")?;
    answers.read_line(&mut answer)?;
    let mut times = Vec::new();
    for number in 0..QUESTIONS {
        let line = request(number) + "\n";
        answer.clear();
        let start = Instant::now();
        asks.write_all(line.as_bytes())?;
        answers.read_line(&mut answer)?;
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    drop(asks);
    server.join().ok().context("the server panicked")??;
    times.sort_unstable_by(f64::total_cmp);
    Ok((times[QUESTIONS / 2], times[QUESTIONS * 99 / 100]))
}
