//! The program's algorithm that replaces an algorithm: its own dialect, which is exact, or the one that is most
//! similar.

use evenkeel_algorithms::analysis::Shares;
use evenkeel_algorithms::dialect::clients::{self, TwemproxyHash};
use evenkeel_algorithms::dialect::envoy_hash::{self, HashBalanceFactor};
use evenkeel_algorithms::dialect::haproxy_hash_consistent::{self, BalanceFactor};
use evenkeel_algorithms::dialect::{
    haproxy_hash_map_based, haproxy_leastconn, haproxy_roundrobin, nginx_hash,
    nginx_hash_consistent, nginx_least_conn, nginx_round_robin, pingora_fnv,
};
use evenkeel_algorithms::strategy::{least_connections, power_of_two_choices, random, round_robin};
use evenkeel_algorithms::{
    Card, Family, Hashing, Key, LoadBalancer, Options, Origin, Pick, Snapshot, Weight,
};
use evenkeel_config::Config;

use crate::exchange::{Program, Verdicts};

/// The number of keys on which two algorithms are compared.
const COMPARED: u32 = 10_000;

/// The kind of an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Consistent hashing.
    Consistent,
    /// Consistent hashing with a table.
    Table,
    /// A hash modulo the number of backends.
    Modulo,
    /// Turns.
    Turns,
    /// The fewest requests in flight.
    Fewest,
    /// The fewest of some that are drawn.
    FewerOfSome,
    /// A random draw.
    Random,
    /// Unlike any algorithm of another program.
    Singular,
}

impl Kind {
    fn of(algorithm: &Card) -> Self {
        match algorithm.family {
            // Also a remainder. No program uses the same one, so its keys move either way; it was exported as a ring
            // before, and a repeated export must not move them once more.
            _ if algorithm == &pingora_fnv::CARD => Self::Consistent,
            _ if algorithm.origin == Origin::External => Self::Singular,
            Family::Modulo => Self::Modulo,
            Family::Table => Self::Table,
            Family::Ring | Family::Scores | Family::Buckets => Self::Consistent,
            Family::Turns => Self::Turns,
            Family::Fewest => Self::Fewest,
            Family::Deadlines | Family::FewestOfSome => Self::FewerOfSome,
            Family::Random => Self::Random,
            _ => Self::Singular,
        }
    }
}

/// Returns the program's algorithm of a kind. Algorithms without a dialect, because the program's draws are
/// unpredictable, are ours.
const fn counterpart(program: Program, kind: Kind) -> Option<&'static Card> {
    Some(match (program, kind) {
        (Program::Nginx, Kind::Consistent | Kind::Table) => &nginx_hash_consistent::CARD,
        (Program::Nginx, Kind::Modulo) => &nginx_hash::HASH,
        (Program::Nginx, Kind::Turns) => &nginx_round_robin::CARD,
        (Program::Nginx, Kind::Fewest) => &nginx_least_conn::CARD,
        (Program::Haproxy, Kind::Consistent | Kind::Table) => &haproxy_hash_consistent::CARD,
        (Program::Haproxy, Kind::Modulo) => &haproxy_hash_map_based::CARD,
        (Program::Haproxy, Kind::Turns) => &haproxy_roundrobin::CARD,
        (Program::Haproxy, Kind::Fewest) => &haproxy_leastconn::CARD,
        (Program::Envoy, Kind::Consistent) => &envoy_hash::RING,
        (Program::Envoy, Kind::Table | Kind::Modulo) => &envoy_hash::MAGLEV,
        (Program::Envoy, Kind::Turns) => &round_robin::CARD,
        (Program::Envoy, Kind::Fewest) => &least_connections::CARD,
        (Program::Nginx | Program::Haproxy | Program::Envoy, Kind::FewerOfSome) => {
            &power_of_two_choices::CARD
        }
        (Program::Twemproxy, Kind::Consistent | Kind::Table) => &clients::TWEMPROXY_KETAMA,
        (Program::Twemproxy, Kind::Modulo) => &clients::TWEMPROXY_MODULA,
        (_, Kind::Random) => &random::CARD,
        (Program::Twemproxy, Kind::Turns | Kind::Fewest | Kind::FewerOfSome)
        | (_, Kind::Singular) => return None,
    })
}

/// Omits the weights, if the algorithm ignores them and its counterpart would not.
fn ignore_weights(config: &Config, chosen: &mut Config, program: Program, verdicts: &mut Verdicts) {
    let ignores = |balancer: LoadBalancer| Shares::of(&balancer.snapshot()).ignore_weights();
    if !config.balancer().is_ok_and(ignores) {
        return;
    }
    let equal = chosen.backends.iter().cloned();
    chosen.backends = equal
        .map(|backend| backend.with_weight(Weight::MIN))
        .collect();
    let reason = format!(
        "omitted: {} ignores weights, and {program} would follow them",
        config.algorithm
    );
    verdicts.approximate("backends.weight", reason);
}

/// Returns the config to write: with an algorithm that the program has.
pub(super) fn choose(config: &Config, program: Program, verdicts: &mut Verdicts) -> Option<Config> {
    let algorithm = config.algorithm;
    let mut chosen = Config {
        subset: None,
        warm_up: None,
        bounded_load: None,
        numbering: None,
        ..config.clone()
    };
    let mut options = config.options.clone();
    let factor = take_factor(algorithm, &mut options);
    if program.has(algorithm) {
        let reason = format!("{program}'s own algorithm: {}", algorithm.summary);
        verdicts.exact("algorithm", reason);
        seed_of_own(config, program, verdicts);
    } else {
        let Some(counterpart) = counterpart(program, Kind::of(algorithm)) else {
            let reason = format!("{program} has no algorithm similar to {algorithm}");
            verdicts.impossible("algorithm", reason);
            return None;
        };
        chosen.algorithm = counterpart;
        if program.has(chosen.algorithm) {
            chosen.options = Options::default();
        }
        chosen.hashing = Hashing::default();
        ignore_weights(config, &mut chosen, program, verdicts);
        let likeness = tuned(config, &mut chosen);
        verdicts.approximate("algorithm", replaced(config, &chosen, program, likeness));
        if config.algorithm != chosen.algorithm {
            left_out(algorithm, &options, &chosen, verdicts);
        }
    }
    let of_another = factor.filter(|_| algorithm != chosen.algorithm);
    bound(config, of_another, &mut chosen, program, verdicts);
    if let Err(error) = chosen.balancer() {
        verdicts.impossible("backends", error.to_string());
        return None;
    }
    Some(chosen)
}

/// If the algorithm is the program's own, a seed matters only for draws.
fn seed_of_own(config: &Config, program: Program, verdicts: &mut Verdicts) {
    if config.hashing.seed == Hashing::default().seed {
        return;
    }
    if program == Program::Envoy {
        let reason = "Envoy seeds its own draws, for requests without a key";
        verdicts.approximate("seed", reason);
    } else {
        verdicts.exact("seed", "the algorithm makes no random draws");
    }
}

/// Sets the options that make the counterpart most similar, and returns for how many keys it agrees.
fn tuned(config: &Config, chosen: &mut Config) -> Option<u32> {
    let likeness = agreement(config, chosen);
    if chosen.algorithm != &clients::TWEMPROXY_KETAMA {
        return likeness;
    }
    // Many memcached clients hash keys by MD5.
    let mut by_md5 = chosen.clone();
    let options = &mut by_md5.options;
    options.change(clients::TWEMPROXY_KETAMA_SECTION, |own| {
        own.hash = TwemproxyHash::Md5;
    });
    let other = agreement(config, &by_md5);
    if other > likeness {
        *chosen = by_md5;
        return other;
    }
    likeness
}

fn replaced(config: &Config, chosen: &Config, program: Program, likeness: Option<u32>) -> String {
    let algorithm = config.algorithm;
    let of_kind = if program.has(chosen.algorithm) {
        format!("the most similar is {}", chosen.algorithm)
    } else {
        format!(
            "{program} draws or counts by itself, like {}",
            chosen.algorithm
        )
    };
    let by_chance = 100. / config.backends.len() as f64;
    match likeness {
        Some(same) if same == COMPARED => format!(
            "{program} has no {algorithm}; {of_kind}: all of {COMPARED} keys reach the same backend"
        ),
        Some(same) => format!(
            "{program} has no {algorithm}; {of_kind}: {:.1}% of {COMPARED} keys reach the same backend (by chance about {by_chance:.1}%)",
            100. * f64::from(same) / f64::from(COMPARED)
        ),
        None => format!("{program} has no {algorithm}; {of_kind}"),
    }
}

/// Returns for how many keys two configs pick the same backend; `None` if one of them uses no key.
fn agreement(config: &Config, chosen: &Config) -> Option<u32> {
    let build = |config: &Config| {
        LoadBalancer::new(config.plain(config.algorithm), config.pool().ok()?).ok()
    };
    let (before, after) = (build(config)?.snapshot(), build(chosen)?.snapshot());
    let keyless = |snapshot: &Snapshot| snapshot.profile().key == Key::Unused;
    if keyless(&before) || keyless(&after) {
        return None;
    }
    let owner = |snapshot: &Snapshot, key: &str| {
        let pick = Pick::new(snapshot.pool(), Some(key.as_bytes()));
        let slot = snapshot.pick(&pick.question()).ok()?;
        // The pools list the same backends in the same order.
        Some(slot)
    };
    let same = (1..=COMPARED).filter(|number| {
        let key = format!("key-{number}");
        let owner_before = owner(&before, &key);
        owner_before.is_some() && owner_before == owner(&after, &key)
    });
    Some(same.count() as u32)
}

/// Carries over a bound, ours or an option of another program's algorithm, as the program's own bound, if it has one.
fn bound(
    config: &Config,
    of_another: Option<u64>,
    chosen: &mut Config,
    program: Program,
    verdicts: &mut Verdicts,
) {
    let ours = config
        .bounded_load
        .map(|bound| (bound.factor.get() * 100.).ceil() as u64);
    let Some(percent) = ours.or(of_another) else {
        return;
    };
    let field = match ours {
        Some(_) => "bounded_load",
        None => "options.hash_balance_factor",
    };
    let algorithm = chosen.algorithm;
    let options = &mut chosen.options;
    let is_set = if algorithm == &haproxy_hash_consistent::CARD {
        let factor = BalanceFactor::new(percent).ok();
        let set = |own: &mut haproxy_hash_consistent::Options| own.hash_balance_factor = factor;
        options.change(haproxy_hash_consistent::SECTION, set);
        factor.is_some()
    } else if program == Program::Envoy && program.has(algorithm) {
        let factor = HashBalanceFactor::new(percent).ok();
        options.change(envoy_hash::RING_SECTION, |own| {
            own.hash_balance_factor = factor;
        });
        options.change(envoy_hash::MAGLEV_SECTION, |own| {
            own.hash_balance_factor = factor;
        });
        factor.is_some()
    } else {
        false
    };
    if is_set {
        let reason =
            format!("{program}'s own bound, of {percent}%, distributes the load differently");
        verdicts.approximate(field, reason);
    } else {
        let reason = format!("{program} has no bound of {percent}% together with {algorithm}");
        verdicts.impossible(field, reason);
    }
}

/// Removes the bound from the options of an algorithm and returns it, in percent.
fn take_factor(algorithm: &Card, options: &mut Options) -> Option<u64> {
    let mut factor = None;
    if algorithm == &haproxy_hash_consistent::CARD {
        options.change(haproxy_hash_consistent::SECTION, |own| {
            factor = own.hash_balance_factor.take().map(BalanceFactor::get);
        });
    } else if algorithm == &envoy_hash::RING {
        options.change(envoy_hash::RING_SECTION, |own| {
            factor = own.hash_balance_factor.take().map(HashBalanceFactor::get);
        });
    } else if algorithm == &envoy_hash::MAGLEV {
        options.change(envoy_hash::MAGLEV_SECTION, |own| {
            factor = own.hash_balance_factor.take().map(HashBalanceFactor::get);
        });
    }
    factor.map(u64::from)
}

/// Adds verdicts on options that the counterpart does not have.
fn left_out(algorithm: &Card, options: &Options, chosen: &Config, verdicts: &mut Verdicts) {
    let default = Options::default();
    for option in algorithm.options {
        let value = (option.value)(options);
        if value != (option.value)(&default) {
            let reason = format!("{value} is omitted: {} has other options", chosen.algorithm);
            verdicts.approximate(format!("options.{}", option.name), reason);
        }
    }
}
