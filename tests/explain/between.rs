//! Why a key moved between two configs.

use std::process::Command;

use evenkeel::config::Config;
use evenkeel::explain::{Between, Cause, Difference, Setting};
use evenkeel_algorithms::{Backend, Card, Key, Registry, Seed, Weight};

/// Two configs, and what a naive reader knows of the change between them.
struct Changed {
    before: Config,
    after: Config,
}

fn routed(config: &Config, key: &str) -> Option<String> {
    let ticket = config.balancer().unwrap().route(Some(key.as_bytes()));
    Some(ticket.ok()?.backend().name().to_owned())
}

fn named<'a>(config: &'a Config, name: &str) -> Option<&'a Backend> {
    config
        .backends
        .iter()
        .find(|backend| backend.name() == name)
}

fn is_in(config: &Config, name: &str) -> bool {
    named(config, name).is_some_and(|backend| !backend.is_down() && !backend.is_draining())
}

impl Changed {
    /// The second config with some of its backends as the first has them.
    fn with_earlier(
        &self,
        names: &[String],
        earlier: impl Fn(&Backend, &Backend) -> Backend,
    ) -> Config {
        let mut config = self.after.clone();
        for backend in &mut config.backends {
            if names.iter().any(|name| name == backend.name()) {
                *backend = earlier(backend, named(&self.before, backend.name()).unwrap());
            }
        }
        config
    }

    /// The second config without what a cause names.
    fn without(&self, cause: &Cause) -> Config {
        let (before, after) = (&self.before, &self.after);
        match cause {
            Cause::Settings { settings } => {
                assert_eq!(settings[..], [Setting::Seed], "nothing else differs");
                let hashing = before.hashing;
                Config {
                    hashing,
                    ..after.clone()
                }
            }
            Cause::Weights { backends } => self.with_earlier(backends, |backend, earlier| {
                backend.clone().with_weight(earlier.weight())
            }),
            Cause::Descriptions { backends } => self.with_earlier(backends, |backend, earlier| {
                let (weight, connections) = (backend.weight(), backend.connections());
                earlier
                    .clone()
                    .with_weight(weight)
                    .with_connections(connections)
            }),
            Cause::InFlight => {
                let all = before
                    .backends
                    .iter()
                    .map(|backend| backend.name().to_owned());
                let all: Vec<_> = all.filter(|name| named(after, name).is_some()).collect();
                self.with_earlier(&all, |backend, earlier| {
                    backend.clone().with_connections(earlier.connections())
                })
            }
            Cause::Order | Cause::Others { .. } => {
                let (joined, left) = match cause {
                    Cause::Others { joined, left } => (&joined[..], &left[..]),
                    _ => (&[][..], &[][..]),
                };
                assert!(joined.iter().all(|name| named(before, name).is_none()));
                assert!(left.iter().all(|name| named(after, name).is_none()));
                let kept = |backend: &Backend| match named(after, backend.name()) {
                    Some(now) => Some(now.clone()),
                    None => left
                        .iter()
                        .any(|name| name == backend.name())
                        .then(|| backend.clone()),
                };
                let mut backends: Vec<_> = before.backends.iter().filter_map(kept).collect();
                let new = after.backends.iter().filter(|backend| {
                    named(before, backend.name()).is_none()
                        && !joined.contains(&backend.name().to_owned())
                });
                backends.extend(new.cloned());
                Config {
                    backends,
                    ..after.clone()
                }
            }
            other => panic!("{other:?}"),
        }
    }

    /// Checks the named cause of one key, and returns it.
    fn check(&self, key: &str, found: &Difference<'_>) -> Cause {
        let (before, after) = (&self.before, &self.after);
        let (old, new) = (routed(before, key), routed(after, key));
        let cause = found.cause();
        let told = format!(
            "{}: {key} from {old:?} to {new:?}: {cause:?}",
            after.algorithm
        );
        assert_eq!(found.backends(), [old.as_deref(), new.as_deref()], "{told}");
        assert_eq!(found.has_moved(), old != new, "{told}");
        let panics = |config: &Config| {
            let balancer = config.balancer().unwrap();
            balancer.snapshot().balancer().overrides_health()
        };
        // What a reader sees without any test.
        let is_gone = old.as_ref().is_some_and(|old| named(after, old).is_none());
        let is_out = !is_gone
            && old
                .as_ref()
                .is_some_and(|old| is_in(before, old) && !is_in(after, old));
        let is_new = new.as_ref().is_some_and(|new| named(before, new).is_none());
        match cause {
            Cause::Same => assert_eq!(old, new, "{told}"),
            Cause::Gone { backend } => assert!(is_gone && old.as_ref() == Some(backend), "{told}"),
            Cause::Out { backend, .. } => {
                assert!(is_out && old.as_ref() == Some(backend), "{told}");
            }
            Cause::NumberingLost => {
                let live = before.balancer().unwrap();
                live.update(after.backends.iter().cloned()).unwrap();
                let kept = live.route(Some(key.as_bytes())).unwrap();
                assert_eq!(Some(kept.backend().name()), old.as_deref(), "{told}");
            }
            Cause::Joined { backend, .. } => {
                assert!(is_new && new.as_ref() == Some(backend), "{told}");
            }
            Cause::Back { backend, .. } => {
                assert_eq!(new.as_ref(), Some(backend), "{told}");
                assert!(!is_in(before, backend) && is_in(after, backend), "{told}");
            }
            Cause::NoKey { algorithm } => {
                assert_eq!(*algorithm, after.algorithm.name, "{told}");
                assert_eq!(after.profile().key, Key::Unused, "{told}");
            }
            Cause::Together => {}
            undone => assert_eq!(routed(&self.without(undone), key), old, "{told}"),
        }
        if old != new {
            assert_ne!(*cause, Cause::Same, "{told}");
            assert_eq!(is_gone, matches!(cause, Cause::Gone { .. }), "{told}");
            let must_be_out = is_out && !panics(after);
            assert!(!must_be_out || matches!(cause, Cause::Out { .. }), "{told}");
            let is_setting = matches!(cause, Cause::Settings { .. } | Cause::NumberingLost);
            let must_be_new = is_new && !is_gone && !must_be_out && !is_setting;
            assert!(
                !must_be_new || matches!(cause, Cause::Joined { .. }),
                "{told}"
            );
        }
        cause.clone()
    }
}

/// A change of some backends and settings, of a kind.
fn changed(
    algorithm: &'static Card,
    kind: usize,
    random: &mut impl FnMut(usize) -> usize,
) -> Changed {
    let backend = |number: usize| Backend::new(format!("10.0.0.{number}:11211"));
    let weight = |weight| Weight::new(weight).unwrap();
    let mut before = Config {
        algorithm,
        ..Config::of((1..=6).map(backend).collect())
    };
    let mut after = before.clone();
    let place = random(6);
    match kind {
        0 => after.backends.insert(place, backend(7)),
        1 => _ = after.backends.remove(place),
        2 => after.backends[place] = backend(place + 1).with_weight(weight(4)),
        3 => after.backends[place] = backend(place + 1).with_down(true),
        4 => before.backends[place] = backend(place + 1).with_drain(true),
        5 => after.hashing = Seed(random(1_000) as u64).into(),
        6 => after.backends[place] = backend(8 + random(3)),
        SEVERAL => {
            after.backends[place] = backend(place + 1).with_weight(weight(3));
            after.backends.extend([backend(7), backend(8)]);
            after.backends.rotate_left(place);
        }
        8 => after.backends.rotate_left(1 + random(5)),
        9 => {
            before.bounded_load = Some(serde_json::from_str("1.25").unwrap());
            before.backends[place] = backend(place + 1).with_connections(9);
            after.bounded_load = before.bounded_load;
        }
        _ => {
            before.subset = Some(serde_json::from_str(r#"{"client": "c", "size": 3}"#).unwrap());
            after.subset.clone_from(&before.subset);
            _ = after.backends.remove(place);
            after.backends.push(backend(9));
        }
    }
    Changed { before, after }
}

/// The kinds of [`changed`].
const KINDS: usize = 11;

/// The kind with a join, another weight and another order at once.
const SEVERAL: usize = 7;

#[test]
fn a_named_cause_is_true_for_every_algorithm() {
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % below
    };
    for algorithm in Registry::builtin().cards() {
        let (mut moved, mut compared) = (0, 0);
        for kind in 0..KINDS {
            let change = changed(algorithm, kind, &mut random);
            let balancers = [&change.before, &change.after].map(Config::balancer);
            let [Ok(before), Ok(after)] = balancers else {
                continue;
            };
            compared += 1;
            let (before, after) = (before.snapshot(), after.snapshot());
            let between = Between::new((&change.before, &before), (&change.after, &after));
            let keys: Vec<_> = (0..25)
                .map(|key| format!("{{user:{key}}}:{kind}"))
                .collect();
            for key in &keys {
                let cause = change.check(key, &between.difference(key, 1));
                moved += usize::from(cause != Cause::Same);
                // What differs alone explains what moved.
                let several = kind == SEVERAL;
                assert!(several || cause != Cause::Together, "{algorithm}: {key}");
            }
        }
        assert!(compared >= KINDS - 2, "{algorithm}: {compared}");
        assert!(moved > 0, "{algorithm}");
    }
}

fn between(files: &[(&str, &str)], args: &[&str]) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("explain")
        .args(args)
        .current_dir(folder.path())
        .output()
        .unwrap()
}

#[test]
fn a_second_config_and_keys_are_told_apart() {
    let files = [
        ("a.yaml", "algorithm: jump\nbackends: [a, b, c, d]\n"),
        ("b.yaml", "algorithm: jump\nbackends: [a, c, d, e]\n"),
        ("b.conf", "algorithm: jump\nbackends: [a, c, d, e]\n"),
    ];
    let stdout = |args: &[&str]| {
        let output = between(&files, args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let compared = stdout(&["a.yaml", "b.yaml", "alice"]);
    assert!(compared.starts_with("\"alice\" "), "{compared}");
    assert_eq!(stdout(&["a.yaml", "--after", "b.yaml", "alice"]), compared);
    let named = stdout(&["a.yaml", "--after", "b.conf", "alice"]);
    assert_eq!(named.replace("b.conf", "b.yaml"), compared);
    // A file of another name, and what follows `--`, are keys.
    for args in [
        &["a.yaml", "b.conf"][..],
        &["a.yaml", "--", "b.yaml"],
        &["a.yaml", "c.yaml"],
    ] {
        assert!(stdout(args).starts_with("key "), "{args:?}");
    }
    let both = stdout(&["a.yaml", "b.yaml", "x", "--", "b.yaml"]);
    assert!(
        both.contains(" of 2 keys move.") && both.contains("\"b.yaml\" "),
        "{both}"
    );
    let refused = between(&files, &["a.yaml", "b.yaml"]);
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(error.contains("expected a key behind b.yaml"), "{error}");
    assert_ne!(refused.status.code(), Some(0));
    let csv = stdout(&["a.yaml", "b.yaml", "alice", "-f", "csv"]);
    assert!(
        csv.starts_with("key,from,to,moved,why,step,before,after\nalice,"),
        "{csv}"
    );
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&["a.yaml", "b.yaml", "alice", "-f", "json"])).unwrap();
    assert!(json["keys"][0]["cause"]["kind"].is_string(), "{json}");
}

#[test]
fn a_lost_numbering_is_named_and_taking_it_along_mends_it() {
    let before = "algorithm: memento\nbackends: [a, b, c, d, e, f]\n";
    let after = "algorithm: memento\nbackends: [a, c, d, e, f]\n";
    let keys: Vec<_> = (0..60).map(|key| key.to_string()).collect();
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let kinds = |after: &str| -> Vec<String> {
        let args = [&["-f", "json", "a.yaml", "b.yaml"], &keys[..]].concat();
        let output = between(&[("a.yaml", before), ("b.yaml", after)], &args);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let kinds = json["keys"].as_array().unwrap().iter();
        kinds
            .map(|key| key["cause"]["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    let lost = kinds(after);
    assert!(lost.iter().any(|kind| kind == "numbering_lost"), "{lost:?}");
    let numbering = Config::parse(before, Registry::builtin()).unwrap();
    let numbering = serde_json::to_string(numbering.pool().unwrap().numbering().unwrap()).unwrap();
    let kept = kinds(&format!("{after}numbering: {numbering}\n"));
    assert!(
        kept.iter().all(|kind| ["same", "gone"].contains(&&**kind)),
        "{kept:?}"
    );
}
