//! The banned phrases, one row a ban, with what to say instead.

/// A ban of some phrases.
pub(crate) struct Ban {
    /// The phrases, in lower case, which are found as whole words.
    pub(crate) phrases: &'static [&'static str],
    /// What to say instead.
    pub(crate) say: &'static str,
    /// Where a phrase has another meaning.
    pub(crate) allowances: &'static [Allowance],
}

/// A context in which a phrase is allowed.
pub(crate) struct Allowance {
    /// The words around the phrase, in lower case.
    pub(crate) context: &'static str,
    /// Why.
    #[expect(dead_code, reason = "for readers of this table")]
    pub(crate) why: &'static str,
}

const fn ban(phrases: &'static [&'static str], say: &'static str) -> Ban {
    Ban {
        phrases,
        say,
        allowances: &[],
    }
}

const fn allowed(context: &'static str, why: &'static str) -> Allowance {
    Allowance { context, why }
}

const PERSON: &str = "a person";

pub(crate) const BANS: &[Ban] = &[
    Ban {
        phrases: &["who", "whom", "whoever", "whomever"],
        say: "`which` or `that`: backends, keys and programs are things",
        allowances: &[
            allowed("anyone who", PERSON),
            allowed("a colleague who", PERSON),
            allowed("those who want it", PERSON),
        ],
    },
    ban(&["whose"], "`with`, `of which` or `its`"),
    ban(
        &["nobody", "somebody", "anybody", "everybody"],
        "`no backend`, `a backend`, `any`, or the passive voice",
    ),
    ban(&["anew", "afresh"], "`again` or `new`"),
    ban(
        &[
            "held to",
            "holds to",
            "hold to",
            "holds it to",
            "hold it to",
        ],
        "`checked against` or `validated on`",
    ),
    Ban {
        phrases: &["passed over", "passes over", "pass over", "passing over"],
        say: "`skipped` or `excluded`",
        allowances: &[allowed("pass over the text", "one reading of a text")],
    },
    ban(
        &["leaves out", "leave out", "left out", "leaving out"],
        "`omits`, `excludes` or `ignores`",
    ),
    ban(
        &["goes by", "go by", "going by", "went by", "gone by"],
        "`uses` or `depends on`",
    ),
    ban(&["of old", "of before"], "`previous` or `earlier`"),
    ban(
        &["untold", "luck", "lucky", "unlucky"],
        "`not reported`; `chance` or `statistically significant`",
    ),
    ban(&["tell of", "tell apart"], "`report` or `distinguish`"),
    ban(
        &[
            "says of",
            "said of",
            "is said",
            "are said",
            "what is said",
            "tells",
            "told",
        ],
        "`reports`, `prints` or `shows`",
    ),
    ban(
        &[
            "what is there",
            "what is known of",
            "is to be",
            "are to be",
            "what comes of",
        ],
        "a noun: `requests in flight`, `the facts about`, `the result of`",
    ),
    ban(&["shall"], "`must`, `should` or `can`"),
    ban(
        &["is due", "are due", "its due", "their due", "due to it"],
        "`expected share`, or `next turn`",
    ),
    ban(
        &[
            "what of it",
            "what of that",
            "what moves is",
            "what stays is",
        ],
        "a subject with a noun",
    ),
    ban(
        &[
            "nothing stands",
            "stands nothing",
            "as it stands there",
            "stands in place of",
        ],
        "`empty value`, `exactly as written` or `replaces`",
    ),
    ban(
        &["config is right", "configs are right"],
        "`configuration is valid`",
    ),
    ban(
        &["changes hands", "change hands", "to change hands"],
        "`moves` or `move`",
    ),
    ban(
        &["not finished are", "left out are", "skipped are"],
        "subject, verb, object",
    ),
    ban(
        &["but for chance", "but by chance", "even but for"],
        "`as even as random assignment`, or `only by chance`",
    ),
    ban(&["singly"], "`separately` or `one by one`"),
    ban(
        &["of one's own", "algorithm of yours", "strategy of yours"],
        "`your own` or `custom`",
    ),
    ban(&["dearer", "dearest", "as dear"], "`costlier`"),
    ban(&["foretell", "foretold"], "`predict`"),
    ban(
        &["at the price of", "the price is told"],
        "`at the cost of`",
    ),
    ban(&["news"], "`a change`"),
    ban(&["dialect is spoken"], "`the program of the dialect`"),
    ban(
        &["a stranger", "strangers", "of a stranger"],
        "`untrusted sources` or `another crate`",
    ),
    ban(
        &["to be compared with", "nothing like it", "knows nothing of"],
        "`baseline`, `no equivalent` or `does not support`",
    ),
    ban(&["the cure", "its cure", "with its cure"], "`fix`"),
];
