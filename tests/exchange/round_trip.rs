//! What is exported is imported as the same.

use evenkeel::config::Config;
use evenkeel::exchange::Fidelity;
use evenkeel::export::Exported;
use evenkeel::import::import;
use proptest::prelude::*;

use super::draws::configs;
use super::support::{config, exported, imported};

/// Where a config sends some keys, by the backends' names.
fn routes(config: &Config) -> Vec<Option<String>> {
    let balancer = config.balancer().unwrap();
    let keys = (0..60).map(|number| format!("10.0.{number}.1"));
    keys.map(|key| {
        let ticket = balancer.route(Some(key.as_bytes())).ok()?;
        Some(ticket.backend().name().to_owned())
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    /// Cases in which something is not exact are left out, and not too many of them may be.
    #[test]
    fn what_is_exact_comes_back_with_its_fingerprint((program, config) in configs()) {
        let Exported { verdicts, text } = exported(&config, program);
        prop_assume!(verdicts.worst() == Fidelity::Exact);
        let text = text.unwrap();
        let back = imported(&text);
        prop_assert_eq!(back.program, program);
        let again = back.config.ok_or_else(|| TestCaseError::fail(back.verdicts.lines(&text)))?;
        let again = self::config(&again.to_yaml().unwrap());
        let print = |config: &Config| config.balancer().unwrap().fingerprint();
        prop_assert_eq!(print(&again), print(&config), "{}", text);
        prop_assert_eq!(routes(&again), routes(&config), "{}", text);
    }

    /// Whatever is written is read again, and whatever is impossible is not written.
    #[test]
    fn nothing_is_written_by_halves((program, config) in configs()) {
        let Exported { verdicts, text } = exported(&config, program);
        prop_assert_eq!(text.is_none(), verdicts.worst() == Fidelity::Impossible);
        if let Some(text) = text {
            let back = imported(&text);
            let count = back.config.map(|config| config.backends.len());
            prop_assert_eq!(count, Some(config.backends.len()), "{}\n{}", text, back.verdicts.lines(""));
        }
    }

    /// What stands in a file may be anything: it is read, refused, or no configuration at all.
    #[test]
    fn a_damaged_configuration_is_read_whole_or_not(
        (program, config) in configs(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let Some(text) = exported(&config, program).text else { return Ok(()) };
        let mut bytes = text.into_bytes();
        for (place, byte) in damage {
            // Nothing is left to be damaged.
            if bytes.is_empty() {
                break;
            }
            let place = place.index(bytes.len());
            match byte % 4 {
                0 => { bytes.remove(place); }
                1 => bytes.truncate(place.max(1)),
                2 => bytes[place] = b"{}[];:\"'#, \nx0"[usize::from(byte) % 14],
                _ => bytes.insert(place, b"{}[];:\"'#, \nx0"[usize::from(byte) % 14]),
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(imported) = import(&text, Some(program), None) {
            let refused = imported.verdicts.worst() == Fidelity::Impossible;
            prop_assert_eq!(imported.config.is_none(), refused);
            prop_assert!(imported.config.is_none_or(|config| config.balancer().is_ok()));
        }
    }
}
