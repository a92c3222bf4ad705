//! Which of a program's ways of balancing stands for an algorithm: its own dialect, which is exact, or
//! the one that is most like it.

use evenkeel_algorithms::Registry;
use evenkeel_algorithms::dialect::clients::TwemproxyHash;
use evenkeel_algorithms::dialect::clients::TwemproxyOptions;
use evenkeel_algorithms::dialect::envoy_hash::HashBalanceFactor;
use evenkeel_algorithms::dialect::envoy_hash::{MaglevOptions, RingHashOptions};
use evenkeel_algorithms::dialect::haproxy_hash_consistent::BalanceFactor;
use evenkeel_algorithms::dialect::{
    HaproxyHashMapBased, ListModulo, NginxHash, haproxy_hash_consistent,
};
use evenkeel_algorithms::{Card, Hashing, Key, LoadBalancer, Options, Pick, Snapshot};
use std::any::Any;

use crate::config::Config;
use crate::exchange::{Program, Verdicts};

/// Keys that two algorithms are compared on.
const COMPARED: u32 = 10_000;

/// What an algorithm is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Consistent hashing.
    Consistent,
    /// Consistent hashing by a table.
    Table,
    /// The remainder of a hash.
    Modulo,
    /// Turns.
    Turns,
    /// The fewest in flight.
    Fewest,
    /// Fewest of some that are drawn.
    FewerOfSome,
    /// A draw.
    Random,
    /// Nothing like any other program's.
    Singular,
}

impl Kind {
    fn of(config: &Config) -> Self {
        let plain = config.plain(config.algorithm);
        let of_a_modulo: &dyn Any = &*plain;
        match plain.profile().key {
            _ if of_a_modulo.is::<ListModulo>()
                || of_a_modulo.is::<NginxHash>()
                || of_a_modulo.is::<HaproxyHashMapBased>() =>
            {
                Self::Modulo
            }
            Key::Required | Key::Optional => match config.algorithm.name {
                "modulo" | "redis-cluster" => Self::Modulo,
                name if name.contains("maglev") => Self::Table,
                _ => Self::Consistent,
            },
            Key::Unused => match config.algorithm.name {
                "round-robin" | "nginx-round-robin" | "haproxy-roundrobin"
                | "haproxy-static-rr" => Self::Turns,
                "least-connections" | "nginx-least-conn" | "haproxy-leastconn" => Self::Fewest,
                "random" => Self::Random,
                "haproxy-first" => Self::Singular,
                _ => Self::FewerOfSome,
            },
        }
    }
}

/// The name of what a program has of a kind. Names without the program's own are those of ours, where
/// it has no dialect because nobody can foretell what it draws.
const fn counterpart(program: Program, kind: Kind) -> Option<&'static str> {
    Some(match (program, kind) {
        (Program::Nginx, Kind::Consistent | Kind::Table) => "nginx-hash-consistent",
        (Program::Nginx, Kind::Modulo) => "nginx-hash",
        (Program::Nginx, Kind::Turns) => "nginx-round-robin",
        (Program::Nginx, Kind::Fewest) => "nginx-least-conn",
        (Program::Haproxy, Kind::Consistent | Kind::Table) => "haproxy-hash-consistent",
        (Program::Haproxy, Kind::Modulo) => "haproxy-hash-map-based",
        (Program::Haproxy, Kind::Turns) => "haproxy-roundrobin",
        (Program::Haproxy, Kind::Fewest) => "haproxy-leastconn",
        (Program::Envoy, Kind::Consistent) => "envoy-ring-hash",
        (Program::Envoy, Kind::Table | Kind::Modulo) => "envoy-maglev",
        (Program::Envoy, Kind::Turns) => "round-robin",
        (Program::Envoy, Kind::Fewest) => "least-connections",
        (Program::Nginx | Program::Haproxy | Program::Envoy, Kind::FewerOfSome) => {
            "power-of-two-choices"
        }
        (Program::Twemproxy, Kind::Consistent | Kind::Table) => "twemproxy-ketama",
        (Program::Twemproxy, Kind::Modulo) => "twemproxy-modula",
        (_, Kind::Random) => "random",
        (Program::Twemproxy, Kind::Turns | Kind::Fewest | Kind::FewerOfSome)
        | (_, Kind::Singular) => return None,
    })
}

/// Whether an algorithm is a program's own.
fn is_own(program: Program, algorithm: &Card) -> bool {
    let prefix = match program {
        Program::Nginx => "nginx-",
        Program::Haproxy => "haproxy-",
        Program::Envoy => "envoy-",
        Program::Twemproxy => "twemproxy-",
    };
    algorithm.name.starts_with(prefix)
}

/// The config to be written: with an algorithm that the program has.
pub(super) fn choose(config: &Config, program: Program, verdicts: &mut Verdicts) -> Option<Config> {
    let algorithm = config.algorithm;
    let mut chosen = Config {
        subset: None,
        warm_up: None,
        bounded_load: None,
        numbering: None,
        ..config.clone()
    };
    if is_own(program, algorithm) {
        let reason = format!("{program}'s own: {}", algorithm.summary);
        verdicts.exact("algorithm", reason);
        seed_of_own(config, program, verdicts);
    } else {
        let Some(name) = counterpart(program, Kind::of(config)) else {
            let reason = format!("{program} has nothing like {algorithm}");
            verdicts.impossible("algorithm", reason);
            return None;
        };
        chosen.algorithm = Registry::builtin().named(name).ok()?;
        if is_own(program, chosen.algorithm) {
            chosen.options = Options::default();
        }
        chosen.hashing = Hashing::default();
        let likeness = tuned(config, &mut chosen);
        verdicts.approximate("algorithm", replaced(config, &chosen, program, likeness));
        if config.algorithm != chosen.algorithm {
            left_out(config, &chosen, verdicts);
        }
    }
    bound(config, &mut chosen, program, verdicts);
    if let Err(error) = chosen.balancer() {
        verdicts.impossible("backends", error.to_string());
        return None;
    }
    Some(chosen)
}

/// A seed makes a difference to draws alone, where an algorithm is the program's.
fn seed_of_own(config: &Config, program: Program, verdicts: &mut Verdicts) {
    if config.hashing.seed == Hashing::default().seed {
        return;
    }
    if program == Program::Envoy {
        let reason = "Envoy seeds its own draws, for requests without a key";
        verdicts.approximate("seed", reason);
    } else {
        verdicts.exact("seed", "the algorithm draws nothing");
    }
}

/// Sets what makes the counterpart most alike, and says for how many keys it then is.
fn tuned(config: &Config, chosen: &mut Config) -> Option<u32> {
    let likeness = agreement(config, chosen);
    if chosen.algorithm.name != "twemproxy-ketama" {
        return likeness;
    }
    // Many memcached clients hash keys by MD5.
    let mut by_md5 = chosen.clone();
    let options = &mut by_md5.options;
    options.change("twemproxy-ketama", |options: &mut TwemproxyOptions| {
        options.hash = TwemproxyHash::Md5;
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
    let of_kind = if is_own(program, chosen.algorithm) {
        format!("what is most like it is {}", chosen.algorithm)
    } else {
        format!(
            "{program} draws or counts by itself, as {}",
            chosen.algorithm
        )
    };
    let by_chance = 100. / config.backends.len() as f64;
    match likeness {
        Some(same) if same == COMPARED => format!(
            "{program} has no {algorithm}; {of_kind}: all of {COMPARED} keys reach the same backend"
        ),
        Some(same) => format!(
            "{program} has no {algorithm}; {of_kind}: of {COMPARED} keys {:.1} % reach the same backend, where chance gives about {by_chance:.1} %",
            100. * f64::from(same) / f64::from(COMPARED)
        ),
        None => format!("{program} has no {algorithm}; {of_kind}"),
    }
}

/// For how many keys two configs pick the same backend; none if one of them uses no key.
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

/// A bound of ours becomes the program's, if it has one.
fn bound(config: &Config, chosen: &mut Config, program: Program, verdicts: &mut Verdicts) {
    let ours = config
        .bounded_load
        .map(|bound| (bound.factor.get() * 100.).ceil() as u64);
    let of_another = || factor_of(config).filter(|_| config.algorithm != chosen.algorithm);
    let Some(percent) = ours.or_else(of_another) else {
        return;
    };
    let field = match ours {
        Some(_) => "bounded_load",
        None => "options.hash_balance_factor",
    };
    let algorithm = chosen.algorithm;
    let options = &mut chosen.options;
    let is_set = match algorithm.name {
        "haproxy-hash-consistent" => {
            let factor = BalanceFactor::new(percent).ok();
            let set = |options: &mut haproxy_hash_consistent::Options| {
                options.hash_balance_factor = factor;
            };
            options.change("haproxy-hash-consistent", set);
            factor.is_some()
        }
        "envoy-ring-hash" | "envoy-maglev" => {
            let factor = HashBalanceFactor::new(percent).ok();
            options.change("envoy-ring-hash", |options: &mut RingHashOptions| {
                options.hash_balance_factor = factor;
            });
            options.change("envoy-maglev", |options: &mut MaglevOptions| {
                options.hash_balance_factor = factor;
            });
            factor.is_some()
        }
        _ => false,
    };
    if is_set {
        let reason = format!("{program}'s own bound, of {percent} %, deals out the load otherwise");
        verdicts.approximate(field, reason);
    } else {
        let reason = format!("{program} has no bound of {percent} % beside {algorithm}");
        verdicts.impossible(field, reason);
    }
}

/// The bound that an algorithm has among its options, in percent.
fn factor_of(config: &Config) -> Option<u64> {
    let mut options = config.algorithm.options.iter();
    let factor = options.find(|option| option.name == FACTOR)?;
    (factor.value)(&config.options).parse().ok()
}

/// How programs call a bound on the load.
const FACTOR: &str = "hash_balance_factor";

/// Options that were set and of which the counterpart knows nothing.
fn left_out(config: &Config, chosen: &Config, verdicts: &mut Verdicts) {
    let default = Options::default();
    for option in config.algorithm.options {
        let value = (option.value)(&config.options);
        if option.name != FACTOR && value != (option.value)(&default) {
            let reason = format!(
                "{value} is left out: {} has another set of them",
                chosen.algorithm
            );
            verdicts.approximate(format!("options.{}", option.name), reason);
        }
    }
}
