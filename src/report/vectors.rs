//! `verify-vectors`: the dialects beside what the real programs answered.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Result;
use evenkeel_algorithms::Algorithm;
use thiserror::Error;

use crate::cli::{VectorsFormat, VerifyVectorsArgs};
use crate::progress::Voice;
use crate::report::{Sheet, Style};
use crate::vectors::{Vectors, Verdict};

/// Some answers are not those of the real programs.
#[derive(Debug, Error)]
#[error("{differ} of {all} rows differ from the real programs")]
pub(crate) struct VectorsDiffer {
    differ: usize,
    all: usize,
}

/// Replays the rows and writes a line each, and their sum.
///
/// # Errors
/// If the folder or the output is at fault, or an answer is another.
pub(crate) fn run(args: &VerifyVectorsArgs, voice: Voice, output: &mut impl Write) -> Result<()> {
    let reading = voice.reading(&args.folder);
    let vectors = Vectors::read(&args.folder)?;
    drop(reading);
    let bar = voice.steps("verify-vectors", vectors.len() as u64);
    let verdicts = vectors.replay(|| bar.inc(1));
    bar.finish_and_clear();
    match args.format {
        VectorsFormat::Text => write_text(&verdicts, output)?,
        VectorsFormat::Jsonl => {
            for verdict in &verdicts {
                serde_json::to_writer(&mut *output, verdict)?;
                output.write_all(b"\n")?;
            }
        }
        VectorsFormat::Summary => output.write_all(summary(&verdicts).as_bytes())?,
    }
    // What was found comes before what is said of it.
    output.flush()?;
    let all = verdicts.len();
    let differ = verdicts.iter().filter(|verdict| !verdict.holds()).count();
    if differ > 0 {
        return Err(VectorsDiffer { differ, all }.into());
    }
    Ok(())
}

fn write_text(verdicts: &[Verdict], output: &mut impl Write) -> Result<()> {
    for verdict in verdicts {
        let Verdict {
            name,
            source,
            matched,
            total,
            ..
        } = verdict;
        write!(output, "{matched}/{total}\t{name}\t{source}")?;
        if let Some(difference) = &verdict.difference {
            write!(output, "\t{difference}")?;
        }
        output.write_all(b"\n")?;
    }
    writeln!(output, "{}", total(verdicts))?;
    Ok(())
}

/// The rows and answers of each algorithm.
fn summary(verdicts: &[Verdict]) -> String {
    let mut algorithms: BTreeMap<&str, Vec<&Verdict>> = BTreeMap::new();
    for verdict in verdicts {
        algorithms
            .entry(verdict.algorithm)
            .or_default()
            .push(verdict);
    }
    let rows = algorithms.into_iter().map(|(algorithm, rows)| {
        let program = Algorithm::named(algorithm).map_or("", |known| known.source);
        let sum = |count: fn(&Verdict) -> usize| rows.iter().map(|row| count(row)).sum::<usize>();
        let (matched, total) = (sum(|row| row.matched), sum(|row| row.total));
        let verdict = match total - matched {
            0 => "exact".to_owned(),
            differ => format!("{differ} differ"),
        };
        [
            algorithm.to_owned(),
            program.to_owned(),
            rows.len().to_string(),
            total.to_string(),
            verdict,
        ]
    });
    let headers = ["algorithm", "program", "rows", "answers", "verdict"];
    format!(
        "{}\n\n{}\n",
        Sheet::of(&headers, 2, rows).text(Style::Framed),
        total(verdicts)
    )
}

/// The sum of all rows.
fn total(verdicts: &[Verdict]) -> String {
    let sum = |count: fn(&Verdict) -> usize| verdicts.iter().map(count).sum::<usize>();
    let (matched, total) = (sum(|row| row.matched), sum(|row| row.total));
    let share = 100. * matched as f64 / total as f64;
    // Rounded down: only all of them are 100 %.
    let share = (share * 1e3).floor() / 1e3;
    format!("{matched}/{total}\t{} rows, {share} %", verdicts.len())
}
