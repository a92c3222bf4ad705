//! What the writers have in common: where a backend is reached and what holds of its fields.

use evenkeel_algorithms::Backend;

use crate::config::Config;
use crate::exchange::{Address, Host, Verdicts};

/// Returns where a backend is reached: its address or, without one, its name. Says so if that is nowhere.
pub(super) fn address<'a>(backend: &'a Backend, verdicts: &mut Verdicts) -> Option<Address<'a>> {
    let text = backend.address().unwrap_or(backend.name());
    let address = Address::parse(text).filter(|address| !is_label(address));
    let Some(address) = address else {
        let reason = format!(
            "`{text}` is not where it is reached; expected host:port, in `address` or as its name"
        );
        verdicts.impossible("backends.address", reason);
        return None;
    };
    if address.is_looked_up() {
        let reason = "looked up when the program starts, which fails without an answer; of several addresses each may become a server";
        verdicts.approximate("backends.address", reason);
    }
    Some(address)
}

/// Returns whether it is a word, such as `b1`, rather than the name of a host.
fn is_label(address: &Address<'_>) -> bool {
    matches!(address, Address::Inet { host: Host::Name(name), port: None } if !name.contains('.'))
}

/// Like [`address`], of a program that has no port of its own to take.
pub(super) fn address_with_port<'a>(
    backend: &'a Backend,
    verdicts: &mut Verdicts,
) -> Option<Address<'a>> {
    let address = address(backend, verdicts)?;
    if matches!(address, Address::Inet { port: None, .. }) {
        let reason = format!("`{address}` has no port; expected host:port");
        verdicts.impossible("backends.address", reason);
        return None;
    }
    Some(address)
}

/// Says that the options of the algorithm are written as they are.
pub(super) fn options_are_exact(config: &Config, verdicts: &mut Verdicts) {
    for option in config.algorithm.options {
        let value = (option.value)(&config.options);
        verdicts.exact(format!("options.{}", option.name), value);
    }
}

/// Says of the fields of the backends that they are written as they are.
pub(super) fn exact_fields(config: &Config, words: &[(&str, &str)], verdicts: &mut Verdicts) {
    let has = |backend: &Backend, field: &str| match field {
        "weight" => backend.weight().get() > 1,
        "down" => backend.is_down(),
        "drain" => backend.is_draining(),
        "backup" => backend.is_backup(),
        "max_in_flight" => backend.max_in_flight().is_some(),
        _ => false,
    };
    for (field, reason) in words {
        for _ in config.backends.iter().filter(|backend| has(backend, field)) {
            verdicts.exact(format!("backends.{field}"), *reason);
        }
    }
}

/// In quotes, as YAML and JSON agree on.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
