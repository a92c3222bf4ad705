//! Which laws a strategy keeps, as a table, and what breaks the others.

use crate::conform::{Conformance, Line, Outcome};
use crate::sheet::{Sheet, Style, paragraphs};

/// The answer, a table of the laws, and the smallest counter-example of each that should hold and does not.
pub(crate) fn table(conformance: &Conformance, style: Style) -> String {
    let rows = conformance.laws.iter().map(|line| {
        let promised = if line.promised { "yes" } else { "no" };
        let (verdict, says) = match &line.outcome {
            Outcome::Kept => ("kept", line.sentence),
            Outcome::Broken { .. } => ("broken", line.sentence),
            Outcome::NotApplicable { reason } => ("not applicable", *reason),
        };
        [line.law, promised, verdict, says].map(str::to_owned)
    });
    let sheet = Sheet::of(&["law", "promised", "verdict", "what it says"], 4, rows);
    let mut parts = vec![answer(conformance), sheet.text(style)];
    parts.extend(conformance.faults().map(counter_example));
    paragraphs(parts) + "\n"
}

fn answer(conformance: &Conformance) -> String {
    let Conformance { algorithm, laws } = conformance;
    let count =
        |counted: fn(&Outcome) -> bool| laws.iter().filter(|line| counted(&line.outcome)).count();
    let kept = count(|outcome| matches!(outcome, Outcome::Kept));
    let broken = count(|outcome| matches!(outcome, Outcome::Broken { .. }));
    let others = laws.len() - kept - broken;
    let counts = format!("{algorithm}: {kept} kept, {broken} broken, {others} not applicable.");
    let faults: Vec<_> = conformance.faults().map(|line| line.law).collect();
    match faults.is_empty() {
        true => counts,
        false => format!(
            "{counts} Broken, and promised or named: {}.",
            faults.join(", ")
        ),
    }
}

fn counter_example(line: &Line) -> String {
    let Outcome::Broken { steps, found } = &line.outcome else {
        return String::new();
    };
    format!(
        "Smallest counter-example to {}:\n  {}\n  {found}",
        line.law,
        steps.join("\n  ")
    )
}
