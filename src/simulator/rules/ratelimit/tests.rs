//! Tests of the limits.

use proptest::prelude::*;

use super::*;

const NOW: u64 = 1_760_000_000_000;

fn call<'a>(method: &'a str, path: &'a str) -> Call<'a> {
    Call { caller: "token", method, path, edited_age_ms: None }
}

fn header(headers: &Headers, name: &str) -> Option<String> {
    headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
}

fn refused(verdict: Verdict) -> Refused {
    match verdict {
        Verdict::Refuse(refused) => refused,
        Verdict::Pass(headers) => panic!("must be refused, passed with {headers:?}"),
    }
}

fn passes(limits: &mut RateLimits, method: &str, path: &str, now: u64) -> bool {
    matches!(limits.check(&call(method, path), now), Verdict::Pass(_))
}

#[test]
fn a_bucket_counts_down_and_starts_again() {
    let mut limits = RateLimits::default();
    for left in (0..5).rev() {
        let Verdict::Pass(headers) =
            limits.check(&call("POST", "/channels/1/messages"), NOW + 10 * (4 - left))
        else {
            panic!("refused with {left} left")
        };
        assert_eq!(header(&headers, "X-RateLimit-Limit").as_deref(), Some("5"));
        assert_eq!(header(&headers, "X-RateLimit-Remaining"), Some(left.to_string()));
    }
    let refused = refused(limits.check(&call("POST", "/channels/1/messages"), NOW + 100));
    assert_eq!(
        refused.body(),
        json!({ "message": "You are being rate limited.", "retry_after": 4.9, "global": false })
    );
    assert_eq!(header(&refused.headers, "Retry-After").as_deref(), Some("5"));
    assert_eq!(header(&refused.headers, "X-RateLimit-Scope").as_deref(), Some("user"));
    assert_eq!(header(&refused.headers, "X-RateLimit-Reset-After").as_deref(), Some("4.900"));
    assert_eq!(header(&refused.headers, "X-RateLimit-Reset").as_deref(), Some("1760000005.000"));
    assert_eq!(header(&refused.headers, "X-RateLimit-Global"), None);
    assert!(passes(&mut limits, "POST", "/channels/2/messages", NOW + 100), "another channel");
    assert!(passes(&mut limits, "PATCH", "/channels/1/messages/9", NOW + 100), "another bucket");
    assert!(passes(&mut limits, "POST", "/channels/1/messages", NOW + 5_000), "the window is over");
}

#[test]
fn reactions_of_a_channel_wait_in_one_line() {
    let mut limits = RateLimits::default();
    assert!(passes(&mut limits, "PUT", "/channels/1/messages/5/reactions/%F0%9F%9A%A2/@me", NOW));
    for (method, path) in [
        ("PUT", "/channels/1/messages/6/reactions/%E2%8F%AD/@me"),
        ("DELETE", "/channels/1/messages/5/reactions"),
        ("GET", "/channels/1/messages/5/reactions/%F0%9F%9A%A2?limit=100"),
    ] {
        let refused = refused(limits.check(&call(method, path), NOW + 249));
        assert_eq!(refused.retry_after_ms, 1, "{method} {path}");
        assert_eq!(header(&refused.headers, "Retry-After").as_deref(), Some("1"));
    }
    assert!(passes(&mut limits, "PUT", "/channels/2/messages/5/reactions/%F0%9F%9A%A2/@me", NOW + 249));
    assert!(passes(&mut limits, "PUT", "/channels/1/messages/6/reactions/%E2%8F%AD/@me", NOW + 250));
}

#[test]
fn everything_together_is_fifty_a_second_but_for_interactions() {
    let mut limits = RateLimits::default();
    for n in 0..50 {
        assert!(passes(&mut limits, "GET", &format!("/channels/{n}"), NOW), "{n}");
    }
    let refused = refused(limits.check(&call("GET", "/channels/99"), NOW + 400));
    assert_eq!(refused.scope, Scope::Global);
    assert_eq!(
        refused.body(),
        json!({ "message": "You are being rate limited.", "retry_after": 0.6, "global": true })
    );
    assert_eq!(header(&refused.headers, "X-RateLimit-Global").as_deref(), Some("true"));
    assert_eq!(header(&refused.headers, "X-RateLimit-Bucket"), None);
    assert!(passes(&mut limits, "POST", "/interactions/1/tok/callback", NOW + 400));
    assert!(passes(&mut limits, "PATCH", "/webhooks/1/tok/messages/@original", NOW + 400));
    let other = Call { caller: "another token", ..call("GET", "/channels/99") };
    assert!(matches!(limits.check(&other, NOW + 400), Verdict::Pass(_)));
    assert!(passes(&mut limits, "GET", "/channels/99", NOW + 1_000));
}

#[test]
fn each_interaction_has_its_own_webhook_bucket() {
    let mut limits = RateLimits::default();
    for _ in 0..5 {
        assert!(passes(&mut limits, "POST", "/webhooks/1/aaa", NOW));
    }
    assert!(!passes(&mut limits, "PATCH", "/webhooks/1/aaa/messages/@original", NOW));
    assert!(passes(&mut limits, "POST", "/webhooks/1/bbb", NOW));
}

#[test]
fn old_messages_are_edited_slowly() {
    let mut limits = RateLimits::default();
    let edit = |age| Call { edited_age_ms: Some(age), ..call("PATCH", "/channels/1/messages/5") };
    for _ in 0..3 {
        assert!(matches!(limits.check(&edit(OLD_EDIT_MS), NOW), Verdict::Pass(_)));
    }
    let refused = refused(limits.check(&edit(OLD_EDIT_MS), NOW + 1_000));
    assert_eq!((refused.code, refused.retry_after_ms), (Some(30046), 19_000));
    assert_eq!(refused.body()["code"], 30046);
    assert!(matches!(limits.check(&edit(OLD_EDIT_MS - 1), NOW + 1_000), Verdict::Pass(_)), "a young message");
}

#[test]
fn new_commands_are_two_hundred_a_day_and_scope() {
    let mut limits = RateLimits::default();
    assert!(limits.check_creates("token", None, 199, NOW).is_ok());
    assert_eq!(limits.check_creates("token", None, 2, NOW + 1).unwrap_err().code, Some(30034));
    assert!(limits.check_creates("token", None, 1, NOW + 2).is_ok());
    assert!(limits.check_creates("token", Some(5), 200, NOW + 2).is_ok(), "another scope");
    assert!(limits.check_creates("token", None, 1, NOW + DAY_MS).is_ok(), "another day");
}

#[test]
fn too_many_invalid_requests_shut_an_address_out() {
    let settings = Settings { invalid_requests: 3, ..Settings::default() };
    let mut limits = RateLimits::new(settings);
    for (status, shared) in [(401, false), (403, false), (404, false), (200, false), (429, true)] {
        limits.note_answer("1.2.3.4", status, shared, NOW);
    }
    assert_eq!(limits.invalid_requests("1.2.3.4", NOW), 2);
    assert_eq!(limits.shut_out("1.2.3.4", NOW), None);
    limits.note_answer("1.2.3.4", 429, false, NOW + 1_000);
    assert_eq!(limits.shut_out("1.2.3.4", NOW + 1_000), Some(599_000));
    assert_eq!(limits.shut_out("5.6.7.8", NOW + 1_000), None);
    assert_eq!(limits.shut_out("1.2.3.4", NOW + 600_000), None);
}

#[test]
fn switched_off_nothing_is_refused_and_headers_still_stand() {
    let mut limits = RateLimits::new(Settings { enabled: false, ..Settings::default() });
    for _ in 0..200 {
        let Verdict::Pass(headers) = limits.check(&call("POST", "/channels/1/messages"), NOW) else {
            panic!("refused")
        };
        assert!(header(&headers, "X-RateLimit-Bucket").is_some());
    }
    assert!(limits.check_creates("token", None, 500, NOW).is_ok());
}

#[test]
fn buckets_have_distinct_steady_words() {
    let settings = Settings::default();
    let word = |method, path| classify(method, path, &settings).bucket_hash();
    let post = word("POST", "/channels/1/messages");
    assert_eq!(post, word("POST", "/channels/2/messages?x=1"));
    assert_eq!(post.len(), 32);
    assert_ne!(post, word("PATCH", "/channels/1/messages/2"));
    assert_ne!(post, word("GET", "/channels/1/messages"));
}

#[test]
fn tables_stay_bounded() {
    let mut limits = RateLimits::default();
    let mut path = String::new();
    for n in 0..(2 * MAX_WINDOWS as u64 + 10) {
        path.clear();
        path.push_str("/interactions/1/");
        path.push_str(&n.to_string());
        path.push_str("/callback");
        assert!(passes(&mut limits, "POST", &path, NOW));
        assert!(limits.routes.windows.len() <= MAX_WINDOWS);
    }
}

#[test]
fn a_clock_that_goes_back_blocks_nobody_for_long() {
    let mut limits = RateLimits::default();
    for _ in 0..5 {
        assert!(passes(&mut limits, "POST", "/channels/1/messages", NOW));
    }
    assert!(passes(&mut limits, "POST", "/channels/1/messages", NOW - 3_600_000));
}

proptest! {
    #[test]
    fn no_window_lets_more_through_than_its_limit(gaps in proptest::collection::vec(0u64..400, 1..200)) {
        let mut limits = RateLimits::default();
        let mut now = NOW;
        let mut passed = Vec::new();
        for gap in gaps {
            now += gap;
            match limits.check(&call("PUT", "/channels/1/messages/5/reactions/x/@me"), now) {
                Verdict::Pass(_) => passed.push(now),
                Verdict::Refuse(refused) => {
                    // Who waits as long as told gets through.
                    prop_assert!(refused.retry_after_ms > 0 && refused.retry_after_ms <= 250);
                }
            }
        }
        prop_assert!(passed.windows(2).all(|pair| pair[1] - pair[0] >= 250), "{passed:?}");
    }

    #[test]
    fn who_waits_as_told_gets_through(offsets in proptest::collection::vec(0u64..3_000, 1..60)) {
        let mut limits = RateLimits::default();
        let mut now = NOW;
        for offset in offsets {
            now += offset;
            if let Verdict::Refuse(refused) = limits.check(&call("POST", "/channels/1/messages"), now) {
                now += refused.retry_after_ms;
                prop_assert!(passes(&mut limits, "POST", "/channels/1/messages", now));
            }
        }
    }

    #[test]
    fn any_path_has_a_bucket(method in "[A-Z]{0,7}", path in "\\PC{0,80}", now in any::<u64>()) {
        let mut limits = RateLimits::default();
        let _ = limits.check(&call(&method, &path), now);
        let _ = limits.check(&call(&method, &path), now.wrapping_add(500));
    }
}
