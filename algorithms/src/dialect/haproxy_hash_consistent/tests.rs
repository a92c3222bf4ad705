use std::collections::BTreeSet;

use super::super::haproxy::tests::with_ids;
use super::*;
use crate::backend::Backend;
use crate::dialect::haproxy_key::HaproxyFunction;
use crate::dialect::hash::full_hash;
use crate::{Attributes, LoadBalancer, Weight, algorithm};
use proptest::collection;
use proptest::prelude::{any, prop_assert_eq, proptest};

fn balancer(options: Options, pool: Pool) -> LoadBalancer {
    LoadBalancer::new(HaproxyHashConsistent::new(options), pool).unwrap()
}

fn reached(balancer: &LoadBalancer, key: &str) -> usize {
    balancer.route(Some(key.as_bytes())).unwrap().slot().index()
}

fn keys() -> impl Iterator<Item = String> {
    (0..2_000).map(|number| format!("key-{number}"))
}

#[test]
fn bases_equal_the_worked_examples() {
    let guid = Attributes {
        guid: Some("srv-0-".into()),
        ..Attributes::default()
    };
    for (hash_key, server, base) in [
        (HashKey::Id, "127.0.0.1:9001".into(), 4_096),
        (HashKey::Addr, "127.0.0.1:9001".into(), 0x0F7A_29C5),
        (HashKey::AddrPort, "127.0.0.1:9001".into(), 0x1CEE_BFA4),
        (HashKey::Addr, "[::1]:9003".into(), 0x7F2F_367E),
        (HashKey::AddrPort, "[::1]:9003".into(), 0xFB66_51CF),
        (HashKey::Addr, "no-address:80".into(), 4_096),
        (HashKey::Id32, "127.0.0.1:9001".into(), 0xEC04_B54D),
        (
            HashKey::Guid,
            Backend::new("a").with_attributes(guid),
            0xA16E_F8E1,
        ),
        (HashKey::Guid, "a".into(), 4_096),
    ] {
        let options = Options {
            hash_key,
            ..Options::default()
        };
        assert_eq!(
            points::base(&options, &server, 1),
            base,
            "{hash_key} of {server:?}"
        );
    }
}

#[test]
fn only_the_low_20_bits_of_an_id_count() {
    let base = |id| base(&Options::default(), &"a".into(), id);
    assert_eq!(base(5), base(5 + (1 << 20)));
}

#[test]
fn a_named_function_is_mixed_only_on_request() {
    let named = Options {
        function: Some(HaproxyFunction::Sdbm),
        ..Options::default()
    };
    let mixed = Options {
        avalanche: Some(true),
        ..named
    };
    let hash = |options| {
        let algorithm = HaproxyHashConsistent::new(options);
        algorithm::built::<Built>(&algorithm, &Pool::empty()).hash(b"c1")
    };
    assert_eq!(hash(named), 0x0063_188E);
    assert_eq!(hash(mixed), full_hash(0x0063_188E));
    assert_eq!(hash(Options::default()), hash(mixed));
}

#[test]
fn ids_mixed_twice_move_most_keys() {
    let legacy = Options {
        legacy_3_0_id: true,
        ..Options::default()
    };
    let [now, then] =
        [Options::default(), legacy].map(|options| balancer(options, with_ids(&[None; 5])));
    let moved = keys().filter(|key| reached(&now, key) != reached(&then, key));
    assert!((1_500..1_700).contains(&moved.count()));
}

/// They have the same points: those before a point belong to the last server, those after it to the first.
#[test]
fn of_servers_at_one_address_only_the_first_and_the_last_get_requests() {
    let options = Options {
        hash_key: HashKey::Addr,
        ..Options::default()
    };
    let balancer = balancer(options, with_ids(&[None; 5]));
    let reached: BTreeSet<_> = keys().map(|key| reached(&balancer, &key)).collect();
    assert_eq!(reached, BTreeSet::from([0, 4]));
}

#[test]
fn a_guid_of_two_servers_is_rejected() {
    let server = |name: &str| {
        let guid = Some("g".into());
        Backend::new(name).with_attributes(Attributes {
            guid,
            ..Attributes::default()
        })
    };
    let pool = Pool::new(["a", "b"].map(server)).unwrap();
    let ring = |hash_key| {
        let options = Options {
            hash_key,
            ..Options::default()
        };
        HaproxyHashConsistent::new(options)
            .build(&pool, None)
            .map(drop)
    };
    let error = ring(HashKey::Guid).unwrap_err().to_string();
    let expected = "backend `b`: guid g is already used by `a`; expected a distinct value";
    assert_eq!(error, expected);
    assert_eq!(ring(HashKey::Id), Ok(()));
}

fn bounded() -> Options {
    Options {
        hash_balance_factor: Some(BalanceFactor::new(125).unwrap()),
        ..Options::default()
    }
}

/// Of three requests in flight, two are at the second server. Five slots are dealt to the two remaining servers, and
/// the owner of the third slot depends on where their slots begin.
#[test]
fn the_start_of_slots_is_computed_once() {
    let went = |down: bool| {
        let first = Backend::new("a").with_down(down);
        let balancer = balancer(
            bounded(),
            Pool::new([first, "b".into(), "c".into()]).unwrap(),
        );
        balancer.set_healthy("a", false).unwrap();
        let key = keys().find(|key| reached(&balancer, key) == 1).unwrap();
        let _held = ["b", "b", "c"].map(|name| balancer.hold(name).unwrap());
        (reached(&balancer, &key), balancer.fingerprint())
    };
    let [(failed, print), (disabled, other)] = [false, true].map(went);
    assert_eq!((failed, disabled), (1, 2));
    assert_ne!(print, other);
}

#[test]
fn a_full_server_is_reported_and_used_if_no_other_is_left() {
    let balancer = balancer(bounded(), Pool::new(["a", "b"]).unwrap());
    let _held = [(); 9].map(|()| balancer.hold("a").unwrap());
    let key = keys().find(|key| {
        let mut full = false;
        let mut step = |step: Step<'_>| full |= step == Step::Full(Slot(0));
        let went = balancer
            .trace(Some(key.as_bytes()), &[], &mut step)
            .unwrap();
        assert_eq!(went.slot(), Slot(1));
        full
    });
    let last = balancer.retry(Some(key.unwrap().as_bytes()), &["b"]);
    assert_eq!(last.unwrap().slot(), Slot(0));
}

/// Returns the nearest point of a usable server, by a scan.
fn nearest(points: &[(u32, Slot)], hash: u32) -> Slot {
    let next = points.partition_point(|&(point, _)| point < hash);
    let (high, after) = points[next % points.len()];
    let (low, before) = points[(next + points.len() - 1) % points.len()];
    if hash.wrapping_sub(low) <= high.wrapping_sub(hash) {
        before
    } else {
        after
    }
}

proptest! {
    #[test]
    fn points_of_unusable_servers_are_ignored(
        servers in collection::vec((1..4u64, any::<bool>()), 1..9),
        hashes in collection::vec(any::<u32>(), 50),
    ) {
        let named = |(place, &(weight, _)): (usize, &(u64, bool))| {
            Backend::new(place.to_string()).with_weight(Weight::new(weight).unwrap())
        };
        let options = Options {
            function: Some(HaproxyFunction::None),
            ..Options::default()
        };
        let pool = Pool::new(servers.iter().enumerate().map(named)).unwrap();
        let bases = HaproxyHashConsistent::default().bases(&pool).unwrap();
        let usable = |slot: Slot| servers[slot.index()].1;
        let mut expected: Vec<_> = points(&pool, &bases).filter(|&(_, slot)| usable(slot)).collect();
        expected.sort_by_key(|&(point, _)| point);
        let balancer = balancer(options, pool);
        for (place, &(_, usable)) in servers.iter().enumerate() {
            balancer.set_healthy(&place.to_string(), usable).unwrap();
        }
        for hash in hashes {
            let reached = balancer.route(Some(hash.to_string().as_bytes()));
            let expected = (!expected.is_empty()).then(|| nearest(&expected, hash));
            prop_assert_eq!(reached.ok().map(|ticket| ticket.slot()), expected);
        }
    }
}
