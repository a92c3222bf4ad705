//! What-ifs: the second config with one of its differences to the first undone.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use evenkeel_algorithms::{Backend, LoadBalancer, Numbering, Pick};
use evenkeel_config::Config;

use super::cause::{Cause, Setting};

/// The most backends that are undone one at a time.
const MOST_ALONE: usize = 64;

/// The second config with something undone.
#[derive(Debug)]
pub(super) struct Case {
    /// The cause, if the key then has the backend that it had.
    pub(super) cause: Cause,
    config: Config,
    /// Built when first needed; none if it cannot be built.
    balancer: OnceCell<Option<LoadBalancer>>,
}

impl Case {
    const fn new(cause: Cause, config: Config) -> Self {
        Self {
            cause,
            config,
            balancer: OnceCell::new(),
        }
    }

    /// Returns whether a key has this backend in this case.
    pub(super) fn gives(&self, key: &str, backend: Option<&str>) -> bool {
        let balancer = self.balancer.get_or_init(|| self.config.balancer().ok());
        let Some(balancer) = balancer else {
            return false;
        };
        let snapshot = balancer.snapshot();
        let pool = snapshot.pool();
        let pick = Pick::new(pool, Some(key.as_bytes())).question();
        let slot = snapshot.pick(&pick).ok();
        slot.map(|slot| pool.backend(slot).name()) == backend
    }
}

/// Returns the cases without a difference of settings: one at a time, then without any.
pub(super) fn settings(before: &Config, after: &Config) -> Vec<Case> {
    let numbering = numbering_of(before)
        .filter(|numbering| after.profile().history && after.numbering.as_ref() != Some(numbering));
    let differing = [
        (Setting::Algorithm, before.algorithm != after.algorithm),
        (Setting::Numbering, numbering.is_some()),
        (Setting::Seed, before.hashing.seed != after.hashing.seed),
        (
            Setting::Hash,
            before.hashing.function != after.hashing.function,
        ),
        (Setting::Options, before.options != after.options),
        (
            Setting::BoundedLoad,
            before.bounded_load != after.bounded_load,
        ),
        (Setting::WarmUp, before.warm_up != after.warm_up),
        (Setting::Subset, before.subset != after.subset),
    ];
    let differing = differing.into_iter().filter(|(_, differs)| *differs);
    let differing: Vec<_> = differing.map(|(setting, _)| setting).collect();
    let undone = |config: &Config, setting| undone(config, before, setting, numbering.as_ref());
    let alone = differing.iter().map(|&setting| {
        let cause = match setting {
            Setting::Algorithm => Cause::Algorithm {
                before: before.algorithm.name,
                after: after.algorithm.name,
            },
            Setting::Numbering => Cause::NumberingLost,
            setting => Cause::Settings {
                settings: vec![setting],
            },
        };
        Case::new(cause, undone(after, setting))
    });
    let mut cases: Vec<_> = alone.collect();
    if differing.len() > 1 {
        let all = differing
            .iter()
            .fold(after.clone(), |config, &setting| undone(&config, setting));
        let settings = differing.clone();
        cases.push(Case::new(Cause::Settings { settings }, all));
    }
    cases
}

/// Returns a config with one setting of another.
fn undone(
    config: &Config,
    before: &Config,
    setting: Setting,
    numbering: Option<&Numbering>,
) -> Config {
    let mut undone = config.clone();
    match setting {
        Setting::Algorithm => undone.algorithm = before.algorithm,
        Setting::Numbering => undone.numbering = numbering.cloned(),
        Setting::Seed => undone.hashing.seed = before.hashing.seed,
        Setting::Hash => undone.hashing.function = before.hashing.function,
        Setting::Options => undone.options = before.options.clone(),
        Setting::BoundedLoad => undone.bounded_load = before.bounded_load,
        Setting::WarmUp => undone.warm_up = before.warm_up,
        Setting::Subset => undone.subset.clone_from(&before.subset),
    }
    undone
}

/// Returns the numbers of a config's backends.
fn numbering_of(config: &Config) -> Option<Numbering> {
    config.pool().ok()?.numbering().ok().cloned()
}

/// Returns the cases without a difference of the backends: weights, requests in flight, descriptions and the order of
/// those in both configs, then those in one of them.
pub(super) fn backends(before: &Config, after: &Config) -> Vec<Case> {
    let earlier: BTreeMap<_, _> = before
        .backends
        .iter()
        .map(|backend| (backend.name(), backend))
        .collect();
    let with = |backends| Config {
        backends,
        ..after.clone()
    };
    let changed = |change: &dyn Fn(Backend, &Backend) -> Backend| {
        let backends = after.backends.iter();
        let backends = backends.map(|backend| match earlier.get(backend.name()) {
            Some(earlier) => change(backend.clone(), earlier),
            None => backend.clone(),
        });
        with(backends.collect())
    };
    let differing = |differs: &dyn Fn(&Backend, &Backend) -> bool| {
        let backends = after.backends.iter();
        let backends = backends.filter(|backend| {
            let earlier = earlier.get(backend.name());
            earlier.is_some_and(|earlier| differs(backend, earlier))
        });
        backends
            .map(|backend| backend.name().to_owned())
            .collect::<Vec<_>>()
    };
    let mut cases = Vec::new();

    let weighed = |backend: Backend, earlier: &Backend| backend.with_weight(earlier.weight());
    let weights = differing(&|backend, earlier| backend.weight() != earlier.weight());
    each_and_all(&weights, |names| {
        let change = |backend: Backend, earlier: &Backend| match has(names, &backend) {
            true => weighed(backend, earlier),
            false => backend,
        };
        let backends = names.to_vec();
        cases.push(Case::new(Cause::Weights { backends }, changed(&change)));
    });

    let counted =
        |backend: Backend, earlier: &Backend| backend.with_connections(earlier.connections());
    if !differing(&|backend, earlier| backend.connections() != earlier.connections()).is_empty() {
        cases.push(Case::new(Cause::InFlight, changed(&counted)));
    }

    // Weights and requests in flight as they are now, all else as it was.
    let described = |backend: Backend, earlier: &Backend| {
        let as_now = earlier.clone().with_weight(backend.weight());
        as_now.with_connections(backend.connections())
    };
    let descriptions =
        differing(&|backend, earlier| *backend != described(backend.clone(), earlier));
    each_and_all(&descriptions, |names| {
        let change = |backend: Backend, earlier: &Backend| match has(names, &backend) {
            true => described(backend, earlier),
            false => backend,
        };
        let backends = names.to_vec();
        cases.push(Case::new(
            Cause::Descriptions { backends },
            changed(&change),
        ));
    });

    let ordered = in_order(after.backends.clone(), &before.backends);
    if ordered
        .iter()
        .map(Backend::name)
        .ne(after.backends.iter().map(Backend::name))
    {
        cases.push(Case::new(Cause::Order, with(ordered)));
    }

    let joined = after.backends.iter();
    let joined = joined.filter(|backend| !earlier.contains_key(backend.name()));
    let joined: Vec<_> = joined.map(|backend| backend.name().to_owned()).collect();
    let now: Vec<_> = after
        .backends
        .iter()
        .map(|backend| backend.name().to_owned())
        .collect();
    let left = before
        .backends
        .iter()
        .map(|backend| backend.name().to_owned());
    let left: Vec<_> = left.filter(|name| !now.contains(name)).collect();
    let without = |joined: &[String], left: &[String]| {
        let stay = after
            .backends
            .iter()
            .filter(|backend| !has(joined, backend));
        let back = before.backends.iter().filter(|backend| has(left, backend));
        let config = with(in_order(
            stay.chain(back).cloned().collect(),
            &before.backends,
        ));
        let (joined, left) = (joined.to_vec(), left.to_vec());
        Case::new(Cause::Others { joined, left }, config)
    };
    let alone = joined
        .iter()
        .map(|name| without(std::slice::from_ref(name), &[]));
    cases.extend(alone.take(MOST_ALONE));
    let alone = left
        .iter()
        .map(|name| without(&[], std::slice::from_ref(name)));
    cases.extend(alone.take(MOST_ALONE));
    if joined.len() + left.len() > 1 {
        cases.push(without(&joined, &left));
    }
    cases
}

/// Calls a function with each of some names, and with all of them if there are several.
fn each_and_all(names: &[String], mut call: impl FnMut(&[String])) {
    names.chunks(1).take(MOST_ALONE).for_each(&mut call);
    if names.len() > 1 {
        call(names);
    }
}

fn has(names: &[String], backend: &Backend) -> bool {
    names.iter().any(|name| name == backend.name())
}

/// Returns backends in the order of others; those that are not among them stay at the end.
fn in_order(mut backends: Vec<Backend>, order: &[Backend]) -> Vec<Backend> {
    let places: BTreeMap<_, _> = order.iter().map(Backend::name).zip(0..).collect();
    backends.sort_by_key(|backend| places.get(backend.name()).copied().unwrap_or(order.len()));
    backends
}
