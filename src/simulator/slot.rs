//! Slots: the places in a mould that differ from item to item, and the names they go by there.

/// What an item fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    Id,
    Created,
    Desc,
    TextExtra,
    Challenges,
    Language,
    AuthorId,
    Handle,
    Nickname,
    SecUid,
    Bio,
    MusicId,
    Seconds,
    Uri,
    Padding,
    /// A count, exact.
    Count(Count),
    /// The same count as the site rounds it.
    Rounded(Count),
    /// 32 fresh hexadecimal digits, as in file hashes and signatures.
    Hex,
    /// 8 fresh hexadecimal digits.
    Hex8,
    /// 32 fresh characters of URL-safe base64.
    Token,
    /// A fresh size in bytes.
    Bytes,
    /// When the item's URLs run out, in epoch seconds.
    Expire,
    /// The same in hexadecimal.
    ExpireHex,
}

/// The numbers people look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Plays,
    Likes,
    Comments,
    Shares,
    Saves,
    Reposts,
    Followers,
    Following,
    Hearts,
    Videos,
    AuthorLikes,
}

impl Slot {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "id" => Self::Id,
            "created" => Self::Created,
            "desc" => Self::Desc,
            "text_extra" => Self::TextExtra,
            "challenges" => Self::Challenges,
            "language" => Self::Language,
            "author_id" => Self::AuthorId,
            "handle" => Self::Handle,
            "nickname" => Self::Nickname,
            "sec_uid" => Self::SecUid,
            "bio" => Self::Bio,
            "music_id" => Self::MusicId,
            "seconds" => Self::Seconds,
            "uri" => Self::Uri,
            "padding" => Self::Padding,
            "hex" => Self::Hex,
            "hex8" => Self::Hex8,
            "token" => Self::Token,
            "bytes" => Self::Bytes,
            "expire" => Self::Expire,
            "expire_hex" => Self::ExpireHex,
            _ => match name.strip_suffix("_rounded") {
                Some(count) => Self::Rounded(Count::named(count)?),
                None => Self::Count(Count::named(name)?),
            },
        })
    }
}

impl Count {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "plays" => Self::Plays,
            "diggs" => Self::Likes,
            "comments" => Self::Comments,
            "shares" => Self::Shares,
            "collects" => Self::Saves,
            "reposts" => Self::Reposts,
            "followers" => Self::Followers,
            "following" => Self::Following,
            "hearts" => Self::Hearts,
            "videos" => Self::Videos,
            "author_diggs" => Self::AuthorLikes,
            _ => return None,
        })
    }
}
