//! Whose configuration a text is.

use crate::config::{Fault, from_yaml};
use crate::exchange::Program;

/// The program whose words stand in a text.
pub(super) fn program(text: &str) -> Result<Program, Fault> {
    let begins = |words: &[&str]| {
        let mut lines = text
            .lines()
            .filter_map(|line| line.split_whitespace().next());
        lines.any(|word| words.contains(&word))
    };
    if text.contains('{') && begins(&["upstream", "http", "http{"]) {
        return Ok(Program::Nginx);
    }
    if begins(&["backend", "listen"]) && begins(&["server", "server-template", "balance"]) {
        return Ok(Program::Haproxy);
    }
    let unknown = Fault {
        place: None,
        what: "it cannot be told whose configuration this is; expected --from with nginx, haproxy, envoy \
               or twemproxy"
            .to_owned(),
    };
    let Ok(value) = from_yaml::<serde_json::Value>(text) else {
        return Err(unknown);
    };
    let has = |names: &[&str]| names.iter().any(|name| value.get(name).is_some());
    let pools = value.as_object().into_iter().flat_map(|map| map.values());
    if has(&[
        "static_resources",
        "staticResources",
        "clusters",
        "load_assignment",
        "loadAssignment",
    ]) {
        Ok(Program::Envoy)
    } else if pools.into_iter().any(|pool| pool.get("servers").is_some()) {
        Ok(Program::Twemproxy)
    } else {
        Err(unknown)
    }
}
