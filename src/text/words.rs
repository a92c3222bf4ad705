//! Short texts for reports and messages.

use indexmap::IndexSet;

use super::numbers::thousands;

/// Joins texts: `a`, `a and b`, `a, b and c`.
pub(crate) fn list<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<_> = items.iter().map(AsRef::as_ref).collect();
    match items.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}

/// The first of some items and how many more there are: `a, b and 3 more`; all of them if there are no more.
pub(crate) fn named<T: AsRef<str>>(items: &[T], most: usize) -> String {
    let more = items.len().saturating_sub(most);
    if more == 0 {
        return list(items);
    }
    let items: Vec<_> = items.iter().take(most).map(AsRef::as_ref).collect();
    format!("{} and {more} more", items.join(", "))
}

/// Returns how many there are of a thing with a plural in `s`: `1 backend`, `1,000 backends`.
pub(crate) fn counted(number: impl Into<u128>, thing: &str) -> String {
    let number = number.into();
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", thousands(number))
}

/// Algorithms that are named in a remark.
const NAMED: usize = 3;

/// Returns the remark that algorithms ignore the weights of the backends, or `None` without any.
pub(crate) fn weights_ignored(algorithms: impl Iterator<Item = &'static str>) -> Option<String> {
    let names: IndexSet<_> = algorithms.collect();
    let names: Vec<_> = names.into_iter().collect();
    let (ignore, their) = match names.len() {
        0 => return None,
        1 => ("ignores", "its"),
        _ => ("ignore", "their"),
    };
    let names = named(&names, NAMED);
    Some(format!(
        "{names} {ignore} weights: {their} expected shares are equal for all backends"
    ))
}

/// Returns bytes as hexadecimal digits, two each.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_singular() {
        for (number, text) in [
            (0u64, "0 keys"),
            (1, "1 key"),
            (2, "2 keys"),
            (1000, "1,000 keys"),
        ] {
            assert_eq!(counted(number, "key"), text);
        }
    }

    #[test]
    fn lists_are_joined_as_in_sentences() {
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b"]), "a and b");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(named(&["a", "b"], 2), "a and b");
        assert_eq!(named(&["a", "b", "c", "d"], 2), "a, b and 2 more");
    }
}
