//! Sections of HAProxy.

use evenkeel_algorithms::Backend;

use super::support::{are_refused, imported, inexact};

#[test]
fn what_haproxy_has_and_we_have_not_is_named_with_its_line() {
    let cases = [
        ("balance rr\nserver a 10.0.0.1:80", 2, "unknown arguments"),
        (
            "balance hash url\nhash-type consistend\nserver a 10.0.0.1:80",
            3,
            "expected consistent",
        ),
        (
            "balance hash url\nhash-type consistent md5\nserver a 10.0.0.1:80",
            3,
            "md5",
        ),
        (
            "balance hash url\nhash-type consistent sdbm avalance\nserver a 10.0.0.1:80",
            3,
            "avalanche",
        ),
        ("option allbackups\nserver a 10.0.0.1:80", 2, "first backup"),
        ("server-template w 3 app:80", 2, "no equivalent"),
        (
            "server a 10.0.0.1:80\nuse-server a if TRUE",
            3,
            "no equivalent",
        ),
        (
            "server a 10.0.0.1:80\nserver a 10.0.0.2:80",
            3,
            "used twice",
        ),
        ("server a 10.0.0.1:80 weight x", 2, "invalid weight"),
        ("server a 10.0.0.1:80 weight 300", 1, "256"),
        ("server a 10.0.0.300:80", 2, "invalid address"),
        (
            "server a 10.0.0.1:80 id 0\nbalance first",
            3,
            "out of range",
        ),
        (
            "balance hash url\nhash-type consistent\nserver a 10.0.0.1:80 hash-key addr\nserver b 10.0.0.2:80",
            5,
            "one for all",
        ),
    ];
    are_refused(&cases, |inner| format!("backend b\n{inner}\n"));
    let left_out = "backend b\noption prefer-last-server\nserver a 10.0.0.1:80 slowstart 3s frobnicate check\n";
    let found = inexact(left_out);
    assert!(
        found.contains("f:2: option prefer-last-server") && found.contains("f:3: slowstart"),
        "{found}"
    );
    assert!(found.contains("unknown parameter `frobnicate`"), "{found}");
    assert!(imported(left_out).config.is_some());
}

#[test]
fn haproxy_defaults_and_weight_zero_are_understood() {
    let text = "\
defaults one
  balance hash req.fhdr(x)
  hash-type consistent
  default-server weight 3
defaults
  balance leastconn
backend a from one
  server s1 10.0.0.1:80
  server s2 10.0.0.2:80 weight 0
  server s3 ::1:80 disabled backup
";
    let config = imported(text).config.unwrap();
    assert_eq!(config.algorithm.name, "haproxy-hash-consistent");
    let [one, two, three] = &config.backends[..] else {
        panic!()
    };
    assert_eq!((one.weight().get(), two.weight().get()), (3, 3));
    assert!(two.is_draining() && three.is_down() && three.is_backup());
    assert_eq!(three.address(), Some("[::1]:80"));
}

#[test]
fn haproxy_sections_inherit_from_those_they_name() {
    let text = "\
defaults base
  balance leastconn
  default-server backup weight 2
defaults other
  balance first
defaults web from base
  option allbackups
  no option allbackups
backend app from web
  server a tcp4@10.0.0.1:80 no-backup
  server b 10.0.0.2:80
";
    let config = imported(text).config.unwrap();
    assert_eq!(config.algorithm.name, "haproxy-leastconn");
    let backups: Vec<_> = config.backends.iter().map(Backend::is_backup).collect();
    assert_eq!(backups, [false, true]);
    assert_eq!(config.backends[0].weight().get(), 2);
}
