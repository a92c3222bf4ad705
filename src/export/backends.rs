//! The common part of the writers: addresses of backends and verdicts on their fields.

use evenkeel_algorithms::Backend;
use evenkeel_config::Config;

use crate::exchange::{Address, Host, Verdicts};

/// Returns the address of a backend or, without one, its name. Adds a verdict if that is not an address.
pub(super) fn address<'a>(backend: &'a Backend, verdicts: &mut Verdicts) -> Option<Address<'a>> {
    let text = backend.address().unwrap_or(backend.name());
    let address = Address::parse(text).filter(|address| !is_label(address));
    let Some(address) = address else {
        let reason =
            format!("`{text}` is not an address; expected host:port, in `address` or as its name");
        verdicts.impossible("backends.address", reason);
        return None;
    };
    if address.is_looked_up() {
        let reason = "resolved when the program starts, which fails without an answer; each of several addresses may become a server";
        verdicts.approximate("backends.address", reason);
    }
    Some(address)
}

/// Returns whether it is a label, such as `b1`, rather than a host name.
fn is_label(address: &Address<'_>) -> bool {
    matches!(address, Address::Inet { host: Host::Name(name), port: None } if !name.contains('.'))
}

/// Returns the same as [`address`], for a program without a default port.
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

/// Adds the verdict that the options of the algorithm are exact.
pub(super) fn options_are_exact(config: &Config, verdicts: &mut Verdicts) {
    for option in config.algorithm.options {
        let value = (option.value)(&config.options);
        verdicts.exact(format!("options.{}", option.name), value);
    }
}

/// Adds the verdicts that the fields of the backends are exact.
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

/// Returns a text in quotes that YAML and JSON both accept.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
