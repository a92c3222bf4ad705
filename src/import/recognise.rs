//! Recognises the program of a configuration.

use evenkeel_config::Fault;

use super::tree::Document;
use crate::exchange::Program;

/// A configuration with its program; YAML is parsed.
pub(super) enum Source<'a> {
    Nginx(&'a str),
    Haproxy(&'a str),
    Envoy(Document<'a>),
    Twemproxy(Document<'a>),
}

impl<'a> Source<'a> {
    /// Reads a configuration of a known program.
    ///
    /// # Errors
    /// The [`Fault`], if the text should be YAML and is not.
    pub(super) fn of(program: Program, text: &'a str) -> Result<Self, Fault> {
        Ok(match program {
            Program::Nginx => Self::Nginx(text),
            Program::Haproxy => Self::Haproxy(text),
            Program::Envoy => Self::Envoy(Document::parse(text)?),
            Program::Twemproxy => Self::Twemproxy(Document::parse(text)?),
        })
    }

    pub(super) const fn program(&self) -> Program {
        match self {
            Self::Nginx(_) => Program::Nginx,
            Self::Haproxy(_) => Program::Haproxy,
            Self::Envoy(_) => Program::Envoy,
            Self::Twemproxy(_) => Program::Twemproxy,
        }
    }
}

/// Reads a configuration, and recognises its program by its words.
///
/// # Errors
/// The [`Fault`], if no program is recognised.
pub(super) fn recognised(text: &str) -> Result<Source<'_>, Fault> {
    let begins = |words: &[&str]| {
        let mut lines = text
            .lines()
            .filter_map(|line| line.split_whitespace().next());
        lines.any(|word| words.contains(&word))
    };
    if text.contains('{') && begins(&["upstream", "http", "http{"]) {
        return Ok(Source::Nginx(text));
    }
    if begins(&["backend", "listen"]) && begins(&["server", "server-template", "balance"]) {
        return Ok(Source::Haproxy(text));
    }
    let unknown = Fault {
        place: None,
        what: "cannot recognise the program of this configuration; use --from with nginx, haproxy, envoy \
               or twemproxy"
            .to_owned(),
    };
    let Ok(document) = Document::parse(text) else {
        return Err(unknown);
    };
    let root = document.root();
    let value = root.value();
    let has = |names: &[&str]| names.iter().any(|name| value.get(name).is_some());
    let pools = value.as_object().into_iter().flat_map(|map| map.values());
    if has(&[
        "static_resources",
        "staticResources",
        "clusters",
        "load_assignment",
        "loadAssignment",
    ]) {
        Ok(Source::Envoy(document))
    } else if pools.into_iter().any(|pool| pool.get("servers").is_some()) {
        Ok(Source::Twemproxy(document))
    } else {
        Err(unknown)
    }
}
