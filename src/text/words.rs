//! Short texts for reports and messages.

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

/// Returns bytes as hexadecimal digits, two each.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_joined_as_in_sentences() {
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b"]), "a and b");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(named(&["a", "b"], 2), "a and b");
        assert_eq!(named(&["a", "b", "c", "d"], 2), "a, b and 2 more");
    }
}
