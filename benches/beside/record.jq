# The record that `import` makes of each line of the pretend site's feed: `jq -nc -f record.jq FILE`.
#
# For jq 1.6 and later, gojq and jaq. It knows the shapes this corpus has and no other: one
# paragraph a caption, one spelling a key, hashtags in lower case, no playlists, places, anchors,
# stickers or warnings, nothing of an odd type. jq 1.6 rounds whole numbers above 2^53; here those
# are all texts.

def text: if . == "" then null else . end;

# `un` is the site's word for unknown.
def language: if . == "un" then null else . end;

def number: if . == null then null else tonumber end;

def hex: reduce explode[] as $digit (0; . * 16 + ($digit | if . > 96 then . - 87 else . - 48 end));

# The second an address runs out: in its query, else in hexadecimal behind a signature in its path.
# No address of the corpus begins its query with `expire`.
def expiry:
  (split("x-expires=")[1] // split("&expire=")[1]) as $rest
  | if $rest then $rest | split("&")[0] | tonumber
    else split("/") | if (.[3] | length) == 32 and (.[4] | length) == 8 then .[4] | hex else null end
    end;

def earliest: map(expiry | values) | min;

def asset:
  if . == null or . == "" then null
  else {uri: null, url_list: [.], width: null, height: null, expires_at: expiry}
  end;

def picture:
  .imageURL.urlList as $urls
  | {
      uri: null, url_list: $urls, width: .imageWidth, height: .imageHeight,
      expires_at: ($urls | earliest)
    };

def bare_file:
  if . == null or . == "" then null
  else {
    uri: null, url_list: [.], width: null, height: null, url_key: null, data_size: null,
    file_hash: null, file_cs: null, expires_at: expiry
  }
  end;

def file:
  if . == null then null
  else {
    uri: .Uri, url_list: .UrlList, width: .Width, height: .Height, url_key: .UrlKey,
    data_size: (.DataSize | number), file_hash: .FileHash, file_cs: .FileCs,
    expires_at: (.UrlList | earliest)
  }
  end;

def bit_rate: {
  gear_name: .GearName, bit_rate: .Bitrate, quality_type: .QualityType, codec: .CodecType,
  play_addr: (.PlayAddr | file)
};

def challenge: {
  cha_name: .title, cid: .id, desc,
  share_info: {share_title: null, share_url: "https://www.tiktok.com/tag/\(.title | @uri)"}
};

# A marked place of the caption, with the id of its hashtag.
def text_extra($challenges):
  .hashtagName as $name
  | {
      start, end: .["end"], hashtag_name: $name,
      hashtag_id: (first($challenges[] | select(.title == $name) | .id) // null),
      type, user_id: (.userId | text), sec_uid: (.secUid | text),
      user_unique_id: (.userUniqueId | text), sub_type: .subType, is_commerce: .isCommerce,
      aweme_id: (.awemeId | text)
    };

def author: {
  uid: .author.id, unique_id: .author.uniqueId, nickname: .author.nickname, region: null,
  language: null, signature: .author.signature, avatar_thumb: (.author.avatarThumb | asset),
  avatar_medium: (.author.avatarMedium | asset), avatar_larger: (.author.avatarLarger | asset),
  avatar_168x168: null, avatar_300x300: null, youtube_channel_id: null,
  youtube_channel_title: null, sec_uid: .author.secUid, verified: .author.verified,
  follower_count: (.authorStatsV2.followerCount // .authorStats.followerCount | number),
  following_count: (.authorStatsV2.followingCount // .authorStats.followingCount | number),
  total_favorited: (.authorStatsV2.heartCount // .authorStats.heartCount | number),
  aweme_count: (.authorStatsV2.videoCount // .authorStats.videoCount | number),
  ins_id: null, twitter_id: null, twitter_name: null
};

# The sound; its title tells whether the author of the video made it.
def music($handle):
  if . == null then null
  else {
    id, title, author: .authorName,
    owner_handle: (if .original and .title == "original sound - " + $handle then $handle else null end),
    duration, play_url: (.playUrl | asset), album, is_original_sound: .original,
    cover_thumb: (.coverThumb | asset), cover_medium: (.coverMedium | asset),
    cover_large: (.coverLarge | asset), owner_id: null, owner_nickname: null, sec_uid: null
  }
  end;

def video:
  (.bitrateInfo | if . == null then null else map(bit_rate) end) as $rates
  | (.downloadAddr | bare_file) as $download
  | {
      duration: (.duration * 1000), height, width, cover: (.cover | asset),
      play_addr: (.PlayAddrStruct | file), download_addr: $download,
      has_watermark: (if $download then true else null end), ratio: (.ratio | text),
      origin_cover: (.originCover | asset), dynamic_cover: (.dynamicCover | asset),
      play_addr_bytevc1:
        ($rates // [] | map(select(.codec | startswith("h265"))) | max_by(.bit_rate).play_addr),
      bit_rate: $rates
    };

def count($key): .statsV2[$key] // .stats[$key] | number;

def statistics: {
  play_count: count("playCount"), digg_count: count("diggCount"),
  comment_count: count("commentCount"), share_count: count("shareCount"),
  collect_count: count("collectCount"), repost_count: (.statsV2.repostCount | number),
  download_count: null, forward_count: null, whatsapp_share_count: null, lose_count: null
};

def status: {
  allow_comment: (.itemCommentStatus == 0), allow_share: .shareEnabled, download_status: null,
  private_status: (if .privateItem then 1 elif .forFriend then 2 else 0 end), is_delete: null,
  is_prohibited: null, in_reviewing: .isReviewing, reviewed: null, self_see: null,
  review_result: null
};

def video_control: {
  allow_download: (.author.downloadSetting == 0 and .video.downloadAddr != ""),
  allow_duet: .duetEnabled, allow_react: null, allow_stitch: .stitchEnabled, allow_music: null,
  allow_dynamic_wallpaper: null, prevent_download_type: null, share_type: null
};

# Where a caption file comes from, only the older list says.
def caption_info($subtitles):
  .subID as $id
  | {
      language, caption_format: .captionFormat, is_auto_generated: .isAutoGen,
      source:
        (first($subtitles[] | select(.VideoSubtitleID and .VideoSubtitleID == $id) | .Source) // null),
      url, expires_at: (.expire | number)
    };

def cla_info:
  if .claInfo == null then null
  else (.subtitleInfos // []) as $subtitles | .claInfo | {
    has_original_audio: .hasOriginalAudio, original_language: .originalLanguageInfo.language,
    caption_infos: (.captionInfos | map(caption_info($subtitles)))
  }
  end;

def record($position):
  .author.uniqueId as $handle
  | (.challenges // []) as $challenges
  | {
      input: null, aweme_id: .id, desc, desc_language: (.textLanguage | language), region: null,
      create_time: .createTime, is_hash_tag: null,
      cha_list: (.challenges | if . == null then null else map(challenge) end),
      text_extra: (.textExtra // .contents[0].textExtra | map(text_extra($challenges))),
      label_top: null, playlist_info: null, author: author, music: (.music | music($handle)),
      added_sound_music_info: null, video: (.video | video), statistics: statistics,
      share_info: {
        share_title: null, share_desc: null,
        share_url:
          "https://www.tiktok.com/@\($handle | @uri)/\(if .imagePost then "photo" else "video" end)/\(.id)"
      },
      status: status, aweme_acl: null, video_control: video_control, risk_infos: null,
      image_post_info:
        (.imagePost | if . == null then null else {title, images: (.images | map(picture))} end),
      poi_info: null, is_ads: .isAd,
      aigc_info: {aigc_label_type: null, created_by_ai: null, description: .AIGCDescription},
      anchors: null, effect_stickers: null, interaction_stickers: null,
      cla_info: (.video | cla_info), commerce_info: null, duet_info: null, suggest_words: null,
      diversification_labels: null, is_top: null, item_mute: null,
      is_original_item: .originalItem, is_official_item: .officalItem, mask_type: null,
      content_desc: .contents[0].desc,
      collection: {
        lane: "import", position: $position, collected_at: null,
        estimated: (if .video.duration > 0 then ["video.duration"] else [] end)
      }
    };

foreach inputs as $item (0; . + 1; . as $position | $item | record($position))
