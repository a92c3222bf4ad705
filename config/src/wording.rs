//! Rewords errors of serde and of the YAML parser in plain words.

/// Rewords an error of the YAML parser, or of a value that it read, in plain words.
pub(super) fn of_yaml(message: &str) -> String {
    if message == "repetition limit exceeded" {
        return "aliases (`*name`) expand to too many values; write them out".to_owned();
    }
    // YAML's null, which an empty text and a missing value are as well.
    with_short_quote(&in_plain_words(message))
        .replace("invalid type: unit value", "empty value")
        .replace("invalid type: Option value", "empty value")
}

/// Shortens a text that serde quotes, which may be a whole file.
fn with_short_quote(message: &str) -> String {
    const MOST: usize = 60;
    let parts = message.split_once("string \"").and_then(|(before, rest)| {
        let (text, after) = rest.rsplit_once("\", expected ")?;
        Some((before, text, after))
    });
    match parts {
        Some((before, text, after)) if text.chars().count() > MOST => {
            let start: String = text.chars().take(MOST).collect();
            format!("{before}string \"{start}…\", expected {after}")
        }
        _ => message.to_owned(),
    }
}

/// Rewords the types that serde expected, those of whole numbers as ranges.
pub fn in_plain_words(message: &str) -> String {
    without_type_name(message)
        .replace(
            "expected a nonzero u32",
            "expected a whole number from 1 to 4294967295",
        )
        .replace("expected a nonzero usize", "expected a whole number from 1")
        .replace(
            "expected u32",
            "expected a whole number from 0 to 4294967295",
        )
        .replace(
            "expected u64",
            "expected a whole number from 0 to 18446744073709551615",
        )
        .replace("expected f64", "expected a number")
}

/// Rewords the type of an expected section as a map.
fn without_type_name(message: &str) -> String {
    let Some((before, after)) = message.split_once("expected struct ") else {
        return message.to_owned();
    };
    let end = after.find(|char: char| !char.is_alphanumeric());
    let (name, rest) = after.split_at(end.unwrap_or(after.len()));
    let of = if name.ends_with("Options") {
        " of options"
    } else {
        ""
    };
    format!("{before}expected a map{of}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_not_quoted_in_full() {
        let message = |text: &str| format!("invalid type: string \"{text}\", expected a config");
        let short = message(&"é".repeat(60));
        assert_eq!(of_yaml(&short), short);
        let start = "é".repeat(60) + "…";
        assert_eq!(of_yaml(&message(&"é".repeat(6_000))), message(&start));
    }

    #[test]
    fn types_of_sections_are_maps() {
        let message = "invalid type: sequence, expected struct TwemproxyOptions at line 1";
        let expected = "invalid type: sequence, expected a map of options at line 1";
        assert_eq!(in_plain_words(message), expected);
        assert_eq!(
            in_plain_words("expected struct Attributes"),
            "expected a map"
        );
    }
}
