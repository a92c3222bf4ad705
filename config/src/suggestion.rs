//! Suggests the known name that an unknown one most resembles.

use evenkeel_algorithms::{Card, Registry};

/// Returns the algorithm with a name in a registry, or an error message.
pub fn algorithm_named(registry: &Registry, name: &str) -> Result<&'static Card, String> {
    registry.named(name).map_err(|error| {
        let known = registry.cards().flat_map(Card::names);
        suggesting_nearest(&error.to_string(), name, known)
    })
}

/// Adds the nearest of the known names to a message about an unknown one, if one is near.
pub fn suggesting_nearest<'a>(
    message: &str,
    unknown: &str,
    known: impl Iterator<Item = &'a str>,
) -> String {
    suggesting(message, nearest(unknown, known))
}

/// Adds the nearest of the names that a message of serde says were expected.
///
/// These messages quote the unknown name first and the known names after it, all in backticks.
pub fn with_suggestion(message: String) -> String {
    let unknown = ["unknown field `", "unknown variant `"];
    let Some(start) = unknown
        .iter()
        .find_map(|start| Some(message.find(start)? + start.len()))
    else {
        return message;
    };
    let mut quoted = message[start..].split('`').step_by(2);
    let suggested = nearest(quoted.next().unwrap_or_default(), quoted);
    suggesting(&message, suggested)
}

fn suggesting(message: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{message}; did you mean `{name}`?"),
        None => message.to_owned(),
    }
}

/// Returns the known name that an unknown one resembles most, if there is one.
fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (strsim::jaro_winkler(unknown, name), name))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|&(likeness, _)| likeness > 0.75)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use evenkeel_algorithms::Family;
    use evenkeel_algorithms::strategy::ketama;

    use super::*;

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        let message = |name| format!("unknown field `{name}`, expected `name` or `weight`");
        assert!(with_suggestion(message("wieght")).ends_with("; did you mean `weight`?"));
        assert_eq!(with_suggestion(message("zz")), message("zz"));
        assert_eq!(
            with_suggestion("missing field `a`".into()),
            "missing field `a`"
        );
    }

    #[test]
    fn algorithms_are_suggested_from_the_registry_in_use() {
        static STRANGER: Card = Card::new("stranger", Family::Ring, ketama::CARD.make);
        let builtin = Registry::builtin();
        let unknown = algorithm_named(builtin, "nginx-hsah").unwrap_err();
        assert!(
            unknown.ends_with("; did you mean `nginx-hash`?"),
            "{unknown}"
        );
        let unknown = algorithm_named(builtin, "strnager").unwrap_err();
        assert!(!unknown.contains("did you mean"), "{unknown}");
        let registry = builtin.clone().with(&STRANGER).unwrap();
        let unknown = algorithm_named(&registry, "strnager").unwrap_err();
        assert!(unknown.ends_with("; did you mean `stranger`?"), "{unknown}");
        assert_eq!(algorithm_named(&registry, "stranger"), Ok(&STRANGER));
    }
}
