//! The warnings of `check`: configs that are valid but have surprising effects. `docs/lints.md` lists them.

use std::fmt;

use evenkeel_algorithms::dialect::clients::{
    self, LibmemcachedHash, SpymemcachedFormat, TwemproxyHash, XmemcachedLabel,
};
use evenkeel_algorithms::dialect::haproxy_hash_consistent::{self, HashKey};
use evenkeel_algorithms::dialect::{ListModulo, PointRing, envoy_hash, nginx_hash};
use evenkeel_algorithms::{Algorithm, Family, carried};
use evenkeel_algorithms::{Backend, Balancer, BuildError, Card, Pool, Size, Sizes, Slot};
use evenkeel_config::{Config, Loaded, place_of};
use std::any::Any;

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// Its code, which never changes.
    pub code: &'static str,
    /// Line and column in the config, if the cause is there.
    pub place: Option<(usize, usize)>,
    /// What happens, and why.
    pub reason: String,
    /// The fix.
    pub fix: &'static str,
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "{line}:{column}: ")?;
        }
        write!(f, "{}: {}; {}", self.code, self.reason, self.fix)
    }
}

/// A config and its load balancer, with the algorithm alone, without wrappers.
struct Subject<'a> {
    text: &'a str,
    config: &'a Config,
    pool: &'a Pool,
    algorithm: Box<dyn Algorithm>,
    balancer: &'a dyn Balancer,
}

/// Checks a config that was read from a file against every lint.
///
/// # Errors
/// If the algorithm cannot be built.
pub fn lints(loaded: &Loaded) -> Result<Vec<Lint>, BuildError> {
    let Loaded { text, config, .. } = loaded;
    let snapshot = loaded.balancer.snapshot();
    let pool = snapshot.pool();
    let algorithm = config.plain(config.algorithm);
    let alone;
    let balancer = if config.is_wrapped() {
        alone = algorithm.build(pool, None)?;
        &*alone
    } else {
        snapshot.balancer()
    };
    let subject = Subject {
        text,
        config,
        algorithm,
        balancer,
        pool,
    };
    let all = [
        crc15_on_a_ring,
        points_lost_to_floats,
        weights_without_effect,
        weights_under_a_modulo,
        memcached_port,
        shares_off_their_weights,
        backends_without_a_share,
        small_table,
        address_as_identity,
        positional_ids,
        signed_characters,
        clipped_ring,
        panic,
    ];
    Ok(all.iter().filter_map(|lint| lint(&subject)).collect())
}

impl Subject<'_> {
    /// Returns the algorithm, if it has this type.
    fn algorithm_as<T: Algorithm>(&self) -> Option<&T> {
        let algorithm: &dyn Any = &*self.algorithm;
        algorithm.downcast_ref()
    }

    /// Returns a finding at the first of these paths that is in the text.
    fn at(&self, paths: &[&[&str]], code: &'static str, reason: String, fix: &'static str) -> Lint {
        let place = paths.iter().find_map(|path| place_of(self.text, path));
        Lint {
            code,
            place,
            reason,
            fix,
        }
    }

    /// Returns a finding about an option of the algorithm.
    fn option(&self, option: &str, code: &'static str, reason: String, fix: &'static str) -> Lint {
        let name = self.config.algorithm.name;
        let paths: [&[&str]; 2] = [&["options", name, option], &["algorithm"]];
        self.at(&paths, code, reason, fix)
    }

    /// Returns a finding about a backend, at a field of it if that is present.
    fn backend(
        &self,
        slot: Slot,
        field: &str,
        code: &'static str,
        reason: String,
        fix: &'static str,
    ) -> Lint {
        let number = slot.index().to_string();
        let paths: [&[&str]; 2] = [&["backends", &number, field], &["backends", &number]];
        self.at(&paths, code, reason, fix)
    }

    /// Returns the first backend that satisfies a predicate.
    fn first(&self, holds: impl Fn(&Backend) -> bool) -> Option<Slot> {
        let place = self.config.backends.iter().position(holds)?;
        self.pool.slots().nth(place)
    }

    fn weight(&self, slot: Slot) -> u64 {
        self.pool.weight(slot).get().into()
    }

    /// Returns the first backend with another weight than the first one.
    fn odd_weight(&self) -> Option<Slot> {
        let first = self.config.backends.first()?.weight();
        self.first(|backend| backend.weight() != first)
    }

    fn follows_weights(&self) -> bool {
        self.algorithm.profile().weighted && self.balancer.follows_weights()
    }

    /// Returns the number of points or entries of each backend, and their total; `None` without a ring or table.
    fn holdings(&self) -> Option<(Vec<u64>, u64)> {
        let owners = self.balancer.table()?;
        let mut counts = vec![0; self.pool.len()];
        owners.iter().for_each(|slot| counts[slot.index()] += 1);
        Some((counts, owners.len() as u64))
    }
}

fn crc15_on_a_ring(subject: &Subject<'_>) -> Option<Lint> {
    let config = subject.config;
    let hash = LibmemcachedHash::Crc;
    let is_weighted = |backend: &Backend| backend.weight().get() > 1;
    let hashes = config
        .own_options(clients::LIBMEMCACHED_KETAMA_SECTION)
        .map(|own| own.hash == hash && subject.first(is_weighted).is_some())
        .or_else(|| {
            let own = config.own_options(clients::LIBMEMCACHED_KETAMA_WEIGHTED_SECTION)?;
            Some(own.hash == hash)
        })
        .or_else(|| {
            let own = config.own_options(clients::TWEMPROXY_KETAMA_SECTION)?;
            Some(own.hash == TwemproxyHash::Crc32)
        })?;
    hashes.then(|| {
        let reason =
            "keys are hashed to 15 bits but the ring has 32, so nearly all keys reach one server"
                .to_owned();
        subject.option(
            "hash",
            "crc15-on-a-ring",
            reason,
            "use another hash, such as md5",
        )
    })
}

fn points_lost_to_floats(subject: &Subject<'_>) -> Option<Lint> {
    let ring = subject.algorithm_as::<PointRing>()?;
    let pool = subject.pool;
    let (slot, has, due) = ring.rounding_loss(pool)?;
    let (name, n) = (pool.backend(slot).name(), pool.len());
    let reason = format!(
        "floating-point rounding among {n} servers with these weights: `{name}` has {has} points, not {due}; clients of the same family that round differently disagree"
    );
    let fix = "use the same client everywhere, or another number of servers";
    Some(subject.at(&[&["backends"]], "points-lost-to-floats", reason, fix))
}

fn weights_without_effect(subject: &Subject<'_>) -> Option<Lint> {
    let follows = subject.follows_weights();
    let odd = subject.odd_weight().filter(|_| !follows)?;
    let reason = format!("{} ignores weights", subject.config.algorithm);
    let fix = "remove them, or use an algorithm that supports them";
    Some(subject.backend(odd, "weight", "weights-without-effect", reason, fix))
}

/// Modulos of programs and clients that repeat a backend by its weight.
const WEIGHTED_MODULOS: [&Card; 4] = [
    &clients::CRC15_MODULO,
    &clients::TWEMPROXY_MODULA,
    &nginx_hash::HASH,
    &nginx_hash::IP_HASH,
];

fn weights_under_a_modulo(subject: &Subject<'_>) -> Option<Lint> {
    let is_modulo = WEIGHTED_MODULOS.contains(&subject.config.algorithm);
    let odd = subject.odd_weight().filter(|_| is_modulo)?;
    let reason =
        "keys depend on the sum of all weights, so nearly all keys move when one weight changes"
            .to_owned();
    let fix = "use a consistent algorithm if weights are tuned";
    Some(subject.backend(odd, "weight", "weights-under-a-modulo", reason, fix))
}

/// Clients that always omit memcached's port from labels.
const WITHOUT_PORT: [&Card; 2] = [
    &clients::LIBMEMCACHED_KETAMA_WEIGHTED,
    &clients::NPM_MEMCACHED,
];

/// Clients that never omit it.
const WITH_PORT: [&Card; 4] = [
    &clients::HASH_RING,
    &clients::LIBKETAMA,
    &clients::PREDIS_KETAMA,
    &clients::UHASHRING_KETAMA,
];

/// Returns whether a client's label omits memcached's port; `None` for clients of neither family.
fn leaves_out_port(config: &Config) -> Option<bool> {
    if WITHOUT_PORT.contains(&config.algorithm) {
        return Some(true);
    }
    if WITH_PORT.contains(&config.algorithm) {
        return Some(false);
    }
    if let Some(own) = config.own_options(clients::TWEMPROXY_KETAMA_SECTION) {
        return (own.hash == TwemproxyHash::Md5).then_some(true);
    }
    if let Some(own) = config.own_options(clients::NPM_HASHRING_SECTION) {
        return Some(own.default_port.is_some_and(|port| port.get() == 11_211));
    }
    if let Some(own) = config.own_options(clients::SPYMEMCACHED_KETAMA_SECTION) {
        return Some(own.format == SpymemcachedFormat::Libmemcached);
    }
    match config
        .own_options(clients::XMEMCACHED_KETAMA_SECTION)?
        .label
    {
        XmemcachedLabel::Slash => None,
        XmemcachedLabel::Gwhalin => Some(false),
        XmemcachedLabel::Nginx => Some(true),
    }
}

fn memcached_port(subject: &Subject<'_>) -> Option<Lint> {
    let leaves_out = leaves_out_port(subject.config)?;
    let slot = subject.first(|backend| backend.name().ends_with(":11211"))?;
    let does = if leaves_out { "omits" } else { "hashes" };
    let reason = format!(
        "{} {does} the port 11211 of a server; about half of the ketama clients do the opposite, and the two groups agree only by chance",
        subject.config.algorithm
    );
    let fix = "use clients of one group only, or another port, which all of them hash";
    Some(subject.backend(slot, "name", "memcached-port", reason, fix))
}

/// The allowed relative deviation of a share from the weight's.
const TOLERANCE: f64 = 0.1;

fn shares_off_their_weights(subject: &Subject<'_>) -> Option<Lint> {
    let (counts, total) = subject.holdings()?;
    let profile = subject.algorithm.profile();
    let pool = subject.pool;
    if !subject.follows_weights() || profile.rebuilt_on_health && !pool.is_unrestricted() {
        return None;
    }
    let weights: u64 = pool.slots().map(|slot| subject.weight(slot)).sum();
    let off = |slot: Slot| {
        let due = total as f64 * subject.weight(slot) as f64 / weights as f64;
        (counts[slot.index()] as f64 - due) / due
    };
    let worst = pool
        .slots()
        .max_by(|&a, &b| off(a).abs().total_cmp(&off(b).abs()))?;
    if off(worst).abs() <= TOLERANCE || counts[worst.index()] == 0 {
        return None;
    }
    let reason = format!(
        "the weights are too fine for {total} points or entries: `{}` has {}, {:+.0}% off its expected share",
        pool.backend(worst).name(),
        counts[worst.index()],
        100. * off(worst)
    );
    let fix = "use a larger ring or table, or coarser weights";
    Some(subject.backend(worst, "weight", "shares-off-their-weights", reason, fix))
}

fn backends_without_a_share(subject: &Subject<'_>) -> Option<Lint> {
    let (counts, total) = subject.holdings()?;
    let pool = subject.pool;
    let rebuilds = subject.algorithm.profile().rebuilt_on_health;
    let built = |slot: Slot| !rebuilds || pool.is_active(slot) && !pool.backend(slot).is_backup();
    let mut without = pool
        .slots()
        .filter(|&slot| built(slot) && counts[slot.index()] == 0);
    let first = without.next()?;
    let name = pool.backend(first).name();
    let idle = match without.count() {
        0 => format!("`{name}` has"),
        1 => format!("`{name}` and another backend have"),
        more => format!("`{name}` and {more} others have"),
    };
    let reason = format!("{idle} none of the {total} points or entries, so no key reaches them");
    let fix = "use a larger ring or table";
    Some(subject.backend(first, "name", "backends-without-a-share", reason, fix))
}

fn small_table(subject: &Subject<'_>) -> Option<Lint> {
    let card = subject.config.algorithm;
    let is_table = card.family == Family::Table && !subject.algorithm.profile().minimal;
    let (_, entries) = subject.holdings().filter(|_| is_table)?;
    let backends = subject.pool.len() as u64;
    (entries > 0 && entries < 100 * backends).then(|| {
        let reason = format!(
            "{entries} entries are fewer than 100 for each of {backends} backends: shares are uneven, and changes move more keys than necessary"
        );
        let (option, fix) = match card.size {
            Some(Size { option, values: Sizes::Numbers { .. }, .. }) => (option, "use a larger table"),
            _ => ("table_size", "use a larger prime"),
        };
        subject.option(option, "small-table", reason, fix)
    })
}

fn address_as_identity(subject: &Subject<'_>) -> Option<Lint> {
    let config = subject.config;
    let by_hostname = config
        .own_options(envoy_hash::RING_SECTION)
        .map(|own| own.use_hostname_for_hashing)
        .or_else(|| {
            let own = config.own_options(envoy_hash::MAGLEV_SECTION)?;
            Some(own.use_hostname_for_hashing)
        })?;
    let known = |backend: &Backend| {
        let attributes = backend.attributes();
        let given = |text: &Option<Box<str>>| text.as_ref().is_some_and(|text| !text.is_empty());
        given(&attributes.hostname) && !given(&attributes.hash_key)
    };
    let slot = subject.first(known).filter(|_| !by_hostname)?;
    let reason = "the endpoint is hashed by its address although it has a hostname: if DNS returns another address, its keys move".to_owned();
    let fix = "set use_hostname_for_hashing, or give each endpoint a hash_key";
    Some(subject.backend(slot, "attributes", "address-as-identity", reason, fix))
}

fn positional_ids(subject: &Subject<'_>) -> Option<Lint> {
    let options = subject
        .config
        .own_options(haproxy_hash_consistent::SECTION)?;
    let without_id = |backend: &Backend| backend.attributes().id.is_none();
    let by_id = |backend: &Backend| match options.hash_key {
        HashKey::Id | HashKey::Id32 => true,
        // A server without a guid uses its id.
        HashKey::Guid => backend.attributes().guid.is_none(),
        HashKey::Addr | HashKey::AddrPort => false,
    };
    let slot = subject.first(|backend| by_id(backend) && without_id(backend))?;
    let reason = "HAProxy numbers servers without an `id` by position: if a line is deleted, the keys of all servers after it move".to_owned();
    let fix = "give each server an `id` (attributes.id)";
    Some(subject.backend(slot, "name", "positional-ids", reason, fix))
}

fn signed_characters(subject: &Subject<'_>) -> Option<Lint> {
    let ring = subject.algorithm_as().map(PointRing::widens_signed);
    let list = subject.algorithm_as().map(ListModulo::widens_signed);
    let signed = ring.or(list).unwrap_or(false);
    signed.then(|| {
        let reason = "keys with non-ASCII characters hash differently on machines with an unsigned C `char`, such as ARM under Linux".to_owned();
        let fix = "set `char` to match the machines of the clients, or use md5";
        subject.option("char", "signed-characters", reason, fix)
    })
}

fn clipped_ring(subject: &Subject<'_>) -> Option<Lint> {
    let options = subject.config.own_options(envoy_hash::GRPC_SECTION)?;
    let cap = options.ring_size_cap.get();
    let clipped = [
        ("min_ring_size", options.min_ring_size.get()),
        ("max_ring_size", options.max_ring_size.get()),
    ];
    let (option, size) = clipped.into_iter().find(|&(_, size)| size > cap)?;
    let reason = format!(
        "gRPC silently cuts {size} to its cap of {cap}, so keys go to other backends than in Envoy with the same sizes"
    );
    let fix = "raise ring_size_cap (and the channel argument), or lower the size";
    Some(subject.option(option, "clipped-ring", reason, fix))
}

fn panic(subject: &Subject<'_>) -> Option<Lint> {
    let panicking = carried::<envoy_hash::Built>(Some(subject.balancer))?.is_panicking();
    panicking.then(|| {
        let reason = "panic routing: so few hosts are healthy that Envoy sends requests to all of them, so shares differ from the table above".to_owned();
        let fix = "lower healthy_panic_threshold, or repair the hosts";
        subject.option("healthy_panic_threshold", "panic", reason, fix)
    })
}
