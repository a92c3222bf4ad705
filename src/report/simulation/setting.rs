//! The question that a simulation answers, and what is simulated.

use crate::report::runs;
use crate::simulate::{CacheModel, Discipline, Setting};
use crate::text::{counted, thousands};

pub(super) fn question(setting: &Setting) -> String {
    match setting.turns.is_empty() {
        true => "How long do requests take?".to_owned(),
        false => "How long do requests take, and what do events change?".to_owned(),
    }
}

pub(super) fn setting(setting: &Setting) -> String {
    let Setting {
        source,
        requests,
        warm_up,
        capacity,
        seed,
        ..
    } = setting;
    let load = setting
        .load
        .map(|load| format!(", offered load {load}"))
        .unwrap_or_default();
    let warm_up = match warm_up {
        0 => String::new(),
        warm_up => format!(", the first {} a warm-up", thousands(*warm_up)),
    };
    let instances = match setting.instances {
        1 => String::new(),
        instances => format!(" Load balancers: {instances}."),
    };
    let measured_on = format!(
        "Traffic: {} ({source}){load}{warm_up}. Backends: {}. Capacity: {capacity}.{instances} Seed: {seed}.",
        counted(*requests, "request"),
        backends(setting)
    );
    match &setting.repeat {
        Some(repeat) => measured_on + "\n" + &runs::means(repeat, "requests"),
        None => measured_on,
    }
}

/// How many backends there are, and what each can do.
fn backends(setting: &Setting) -> String {
    let Setting {
        backends, servers, ..
    } = setting;
    let servers = format!("{} each", counted(*servers, "server"));
    let discipline = match setting.discipline {
        Discipline::Fcfs => None,
        Discipline::Ps => Some("processor sharing".to_owned()),
    };
    let queue = setting
        .queue_limit
        .map(|limit| format!("at most {}", counted(limit, "waiting request")));
    let cache = setting.cache.map(|cache| caches(setting, cache));
    let parts = [Some(servers), discipline, queue, cache];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    format!("{backends} with {}", parts.join(", "))
}

/// The size of the caches: the common one, or the smallest and the largest.
fn caches(setting: &Setting, common: CacheModel) -> String {
    let sizes = || {
        let machines = setting.machines.iter();
        machines.filter_map(|machine| machine.cache_entries)
    };
    match (sizes().min(), sizes().max(), common.entries) {
        (Some(least), Some(most), Some(_)) if least == most => {
            format!("a cache of {}", counted(least.get() as u64, "key"))
        }
        (Some(least), Some(most), Some(_)) => {
            let [least, most] = [least, most].map(|size| thousands(size.get() as u64));
            format!("caches of {least} to {most} keys")
        }
        (Some(_), ..) => "an unlimited cache, but for some backends".to_owned(),
        (None, ..) => "an unlimited cache".to_owned(),
    }
}
