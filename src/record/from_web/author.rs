//! The account of an item: an object, a bare handle with the account beside it (SIGI), or none.

use serde::Deserialize;

use crate::record::lenient::{
    Count, Country, Flag, Id, Int, Language, Media, Obj, ObjOrName, Text, Word,
};
use crate::record::{Author, known};

/// `author` of an item, `UserModule.users[handle]` of a SIGI page.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Account {
    id: Id,
    unique_id: Word,
    nickname: Text,
    /// Only SIGI's accounts have it, and `language`.
    region: Country,
    language: Language,
    signature: Text,
    avatar_thumb: Media,
    avatar_medium: Media,
    avatar_larger: Media,
    sec_uid: Word,
    verified: Flag,
    download_setting: Int,
    /// The mobile share page (2026) puts the counts in here too.
    follower_count: Count,
    following_count: Count,
    heart_count: Count,
    video_count: Count,
}

/// `authorStats`, `authorStatsV2` and `UserModule.stats[handle]`: rounded numbers, exact texts.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct AccountStats {
    follower_count: Count,
    following_count: Count,
    heart_count: Count,
    /// Older copy of `heartCount`.
    heart: Count,
    video_count: Count,
}

/// What SIGI's items say of the account themselves.
#[derive(Debug, Default)]
pub(super) struct Inline {
    pub(super) id: Option<String>,
    pub(super) sec_uid: Option<String>,
    pub(super) nickname: Option<String>,
    pub(super) avatar_thumb: Media,
    pub(super) download_setting: Option<i64>,
}

/// The account, and its setting for downloads.
pub(super) struct Owner {
    pub(super) author: Option<Author>,
    pub(super) download_setting: Option<i64>,
}

/// Joins what the item, its surroundings and their statistics say; the first of `stats` that
/// knows a number wins.
pub(super) fn owner(
    author: ObjOrName<Box<Account>>,
    user: Obj<Account>,
    inline: Inline,
    stats: [Obj<AccountStats>; 3],
) -> Owner {
    let (account, handle) = match author {
        ObjOrName::Obj(account) => (*account, None),
        ObjOrName::Name(handle) => (user.or_empty(), Some(handle)),
        ObjOrName::Nothing => (user.or_empty(), None),
    };
    let counts = stats.map(Obj::or_empty);
    let first = |pick: fn(&AccountStats) -> Option<u64>| counts.iter().find_map(pick);
    let author = Author {
        uid: account.id.0.or(inline.id),
        unique_id: handle.or(account.unique_id.0),
        nickname: account.nickname.0.or(inline.nickname),
        region: account.region.0,
        language: account.language.0,
        signature: account.signature.0,
        avatar_thumb: account
            .avatar_thumb
            .asset()
            .or_else(|| inline.avatar_thumb.asset()),
        avatar_medium: account.avatar_medium.asset(),
        avatar_larger: account.avatar_larger.asset(),
        sec_uid: account.sec_uid.0.or(inline.sec_uid),
        verified: account.verified.0,
        follower_count: first(|it| it.follower_count.0).or(account.follower_count.0),
        following_count: first(|it| it.following_count.0).or(account.following_count.0),
        total_favorited: first(|it| it.heart_count.0.or(it.heart.0)).or(account.heart_count.0),
        aweme_count: first(|it| it.video_count.0).or(account.video_count.0),
        ..Author::default()
    };
    Owner {
        author: known(author),
        download_setting: account.download_setting.0.or(inline.download_setting),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::check;

    #[test]
    fn an_author_may_be_missing_or_a_bare_handle() {
        check(
            "author_missing",
            &[
                ("/author", json!(null)),
                (
                    "/share_info/share_url",
                    json!("https://www.tiktok.com/@/video/7300000000123456789"),
                ),
            ],
        );
        check(
            "author_string",
            &[
                ("/author/unique_id", json!("mira.k")),
                ("/author/uid", json!("6800000000000000001")),
                ("/author/sec_uid", json!("MS4wLjABAAAAmira")),
                ("/author/nickname", json!("Mira")),
                ("/author/region", json!("FI")),
                ("/author/language", json!("sv")),
                (
                    "/author/avatar_thumb/url_list",
                    json!(["https://cdn.example/t.jpeg"]),
                ),
                ("/author/follower_count", json!(120)),
                ("/author/total_favorited", json!(4500)),
                ("/author/aweme_count", json!(9)),
                ("/region", json!(null)),
                ("/video_control/allow_download", json!(true)),
                (
                    "/share_info/share_url",
                    json!("https://www.tiktok.com/@mira.k/video/7300000000123456789"),
                ),
            ],
        );
        check(
            "author_string_alone",
            &[
                ("/author/unique_id", json!("mira.k")),
                ("/author/uid", json!("6800000000000000001")),
                ("/author/nickname", json!("Mira")),
                (
                    "/author/avatar_thumb/url_list",
                    json!(["https://cdn.example/inline.jpeg"]),
                ),
                ("/author/signature", json!(null)),
            ],
        );
    }

    #[test]
    fn counts_are_exact_where_the_item_has_both() {
        check(
            "author_counts_inside",
            &[
                ("/author/follower_count", json!(149_800)),
                ("/author/aweme_count", json!(422)),
                ("/author/signature", json!("cats\nand tea")),
            ],
        );
        check(
            "author_stats_exact_and_rounded",
            &[
                ("/author/follower_count", json!(427_123)),
                ("/author/following_count", json!(0)),
                ("/author/total_favorited", json!(6_800_456)),
                ("/author/aweme_count", json!(1605)),
            ],
        );
    }
}
