//! Lines of a log that are malformed.

use crate::text::thousands;
use crate::workload::Malformed;

/// Says how many lines are malformed and what became of them; nothing if there are none.
pub(super) fn malformed_lines(malformed: &Malformed) -> Option<String> {
    let Malformed {
        lines,
        without_key,
        without_times,
        first,
    } = *malformed;
    let (line, fault) = first?;
    let used = thousands(lines - without_key - without_times);
    let untimed = match without_times {
        0 => String::new(),
        untimed => format!(", without times (skipped): {}", thousands(untimed)),
    };
    Some(format!(
        "malformed lines: {} (first: line {line}: {fault}); key readable (used): {used}, without a key (skipped): \
         {}{untimed}",
        thousands(lines),
        thousands(without_key)
    ))
}
