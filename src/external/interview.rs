//! Finds the capabilities of a program by asking it some questions on a pool of seven backends.

use std::collections::BTreeSet;
use std::sync::Arc;

use evenkeel_algorithms::{Backend, Hashing, Key, Pool, Slot, Weight};

use super::capabilities::{Capabilities, Counting, Health};
use super::failure::{Cause, Failed};
use super::program::Program;
use super::subject::{ASKS, Subject};

/// The number of backends. Their names look like addresses, which some programs require.
const BACKENDS: usize = 7;

/// The number of keys that are asked twice: only a choice by key can give equal answers to all of them. They look like
/// client addresses, of which some programs read a part.
const KEYS: usize = 64;

/// A backend counts as avoided if it gets less than this fraction of its former requests; by chance in about one of ten
/// thousand cases.
const AVOIDED: usize = 3;

/// The requests in flight on a backend that should be avoided.
const BUSY: u64 = 1_000;

/// Finds the capabilities of a program.
///
/// # Errors
/// The failure, if it cannot be asked.
pub(super) fn interview(program: &Program, hashing: Hashing) -> Result<Capabilities, Failed> {
    let name = |number: usize| format!("192.0.2.{number}:{}", 8000 + number);
    let names: Vec<_> = (1..=BACKENDS).map(name).collect();
    let mut subject = Subject::start(program, names.iter().cloned(), hashing)?;
    let key = key(&mut subject)?;
    let counts = counting(&mut subject)?;
    let favourite = favourite(&mut subject)?;
    let exclude = excludes(&mut subject, favourite)?;
    let health = health(&mut subject, favourite)?;
    let numbering = numbers(&mut subject)?;
    let mut reversed = Subject::start(program, names.iter().rev().cloned(), hashing)?;
    let order_free =
        key != Key::Unused && owners(&mut subject, false)? == owners(&mut reversed, false)?;
    Ok(Capabilities {
        key,
        seed: subject.seed,
        counts,
        order_free,
        weights: takes_weights(reversed),
        exclude,
        health,
        numbering,
    })
}

/// Returns the backends of the keys by name, asked forwards or backwards.
fn owners(subject: &mut Subject, backwards: bool) -> Result<Vec<String>, Failed> {
    let mut keys: Vec<_> = (1..=KEYS)
        .map(|number| format!("10.0.{number}.1"))
        .collect();
    if backwards {
        keys.reverse();
    }
    let pool = Arc::clone(&subject.pool);
    let answers = subject.answers(&pool, &[], keys.iter().map(|key| Some(&**key)))?;
    let mut owners = Vec::new();
    for answer in answers {
        let slot = subject.accepted(answer)?;
        let slot = slot.ok_or_else(|| subject.conversation.failed(Cause::NoBackend, None))?;
        owners.push(pool.backend(slot).name().to_owned());
    }
    if backwards {
        owners.reverse();
    }
    Ok(owners)
}

/// Returns whether it picks by key: the same keys reach the same backends in another order, and not all of them the
/// same backend.
fn key(subject: &mut Subject) -> Result<Key, Failed> {
    let first = owners(subject, false)?;
    let is_one = first.iter().collect::<BTreeSet<_>>().len() == 1;
    if is_one || first != owners(subject, true)? {
        return Ok(Key::Unused);
    }
    let pool = Arc::clone(&subject.pool);
    let keyless = subject.answers(&pool, &[], std::iter::once(None))?;
    let is_answered = keyless.iter().all(|answer| matches!(answer, Ok(Some(_))));
    Ok(if is_answered {
        Key::Optional
    } else {
        Key::Required
    })
}

/// Returns the backend that is picked most often for the same request.
fn favourite(subject: &mut Subject) -> Result<Slot, Failed> {
    let pool = Arc::clone(&subject.pool);
    let often = subject.tally(&pool, &[])?;
    Ok(most_picked(&often))
}

/// Returns how it learns about requests in flight: it avoids a backend that is reported as busy, or that has requests which have
/// not ended.
fn counting(subject: &mut Subject) -> Result<Counting, Failed> {
    let pool = Arc::clone(&subject.pool);
    let before = subject.tally(&pool, &[])?;
    let favourite = most_picked(&before);
    let busy = pool.fork(|slot| if slot == favourite { BUSY } else { 0 });
    if is_avoided(favourite, &before, &subject.tally(&busy, &[])?) {
        return Ok(Counting::Sent);
    }
    if subject.completes && is_avoided(favourite, &before, &tally_while_open(subject, favourite)?) {
        return Ok(Counting::Own);
    }
    Ok(Counting::Ignored)
}

/// Returns how often each backend is picked while no request to one of them is completed.
fn tally_while_open(subject: &mut Subject, busy: Slot) -> Result<Vec<usize>, Failed> {
    let (mut often, mut open) = (vec![0; BACKENDS], Vec::new());
    for _ in 0..ASKS {
        let (number, picked) = subject.ask_any()?;
        let slot = picked.ok().flatten();
        if let Some(slot) = slot {
            often[slot.index()] += 1;
        }
        if slot == Some(busy) {
            open.push(number);
        } else {
            // A request that the program did not count may be rejected.
            let _ = subject.complete(number)?;
        }
    }
    for number in open {
        let _ = subject.complete(number)?;
    }
    Ok(often)
}

/// Returns whether a request can exclude a backend.
fn excludes(subject: &mut Subject, favourite: Slot) -> Result<bool, Failed> {
    let pool = Arc::clone(&subject.pool);
    let often = subject.tally(&pool, &[favourite])?;
    Ok(is_never_picked(favourite, &often))
}

/// Returns the message by which it learns that a backend is unhealthy.
fn health(subject: &mut Subject, favourite: Slot) -> Result<Health, Failed> {
    let pool = Arc::clone(&subject.pool);
    let name = pool.backend(favourite).name();
    for health in [Health::SetHealthy, Health::SetEligible] {
        if health
            .tell(&mut subject.conversation, name, false)?
            .is_err()
        {
            continue;
        }
        let often = subject.tally(&pool, &[])?;
        let is_back = health.tell(&mut subject.conversation, name, true)?.is_ok();
        if is_back && is_never_picked(favourite, &often) {
            return Ok(health);
        }
    }
    Ok(Health::Restarted)
}

/// Returns whether it numbers its backends.
fn numbers(subject: &mut Subject) -> Result<bool, Failed> {
    let asked = subject.conversation.ask(
        |ask| {
            ask.write("fingerprint", |message| message);
        },
        |answer| Ok(answer.has_numbering()),
    )?;
    Ok(asked.unwrap_or(false))
}

/// Returns whether it accepts weights, and still picks a backend by its name. A program that ends on weights does not.
fn takes_weights(mut subject: Subject) -> bool {
    let mut weights = (1..).map_while(|weight| Weight::new(weight).ok());
    let heavy = |backend: &Backend| {
        let weight = weights.next().unwrap_or_default();
        backend.clone().with_weight(weight)
    };
    let weighted: Vec<_> = subject.pool.backends().map(heavy).collect();
    let Ok(weighted) = Pool::new(weighted) else {
        return false;
    };
    let is_told = matches!(subject.init(&weighted), Ok(Ok(())));
    is_told && owners(&mut subject, false).is_ok()
}

/// Returns the first of the backends that are picked most often.
fn most_picked(often: &[usize]) -> Slot {
    let most = often.iter().max();
    let place = often.iter().position(|often| Some(often) == most);
    Slot::new(place.unwrap_or_default())
}

/// Returns whether a backend gets only a small fraction of its former requests, although no request is rejected.
fn is_avoided(slot: Slot, before: &[usize], often: &[usize]) -> bool {
    often.iter().sum::<usize>() == ASKS && often[slot.index()] * AVOIDED < before[slot.index()]
}

/// Returns whether requests are answered, but never with this backend.
fn is_never_picked(slot: Slot, often: &[usize]) -> bool {
    often.iter().sum::<usize>() > 0 && often[slot.index()] == 0
}
