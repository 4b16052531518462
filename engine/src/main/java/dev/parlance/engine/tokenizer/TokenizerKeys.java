package dev.parlance.engine.tokenizer;

/** The metadata keys that describe a vocabulary. Source: llama.cpp, llama-arch.cpp. */
final class TokenizerKeys {
    static final String MODEL = "tokenizer.ggml.model";
    static final String PRE_TOKENIZER = "tokenizer.ggml.pre";
    static final String TOKENS = "tokenizer.ggml.tokens";
    static final String SCORES = "tokenizer.ggml.scores";
    static final String TOKEN_TYPES = "tokenizer.ggml.token_type";
    static final String MERGES = "tokenizer.ggml.merges";

    static final String BOS_ID = "tokenizer.ggml.bos_token_id";
    static final String EOS_ID = "tokenizer.ggml.eos_token_id";
    static final String EOT_ID = "tokenizer.ggml.eot_token_id";
    static final String EOM_ID = "tokenizer.ggml.eom_token_id";
    static final String UNKNOWN_ID = "tokenizer.ggml.unknown_token_id";
    static final String CLASSIFIER_ID = "tokenizer.ggml.cls_token_id";

    /** The key is misspelt in the format itself. */
    static final String SEPARATOR_ID = "tokenizer.ggml.seperator_token_id";

    static final String FILL_PREFIX_ID = "tokenizer.ggml.fim_pre_token_id";
    static final String FILL_SUFFIX_ID = "tokenizer.ggml.fim_suf_token_id";
    static final String FILL_MIDDLE_ID = "tokenizer.ggml.fim_mid_token_id";

    // What older converters call the three.
    static final String OLD_FILL_PREFIX_ID = "tokenizer.ggml.prefix_token_id";
    static final String OLD_FILL_SUFFIX_ID = "tokenizer.ggml.suffix_token_id";
    static final String OLD_FILL_MIDDLE_ID = "tokenizer.ggml.middle_token_id";

    static final String ADD_BOS = "tokenizer.ggml.add_bos_token";
    static final String ADD_EOS = "tokenizer.ggml.add_eos_token";
    static final String ADD_SEPARATOR = "tokenizer.ggml.add_sep_token";
    static final String ADD_SPACE_PREFIX = "tokenizer.ggml.add_space_prefix";

    static final String REMOVE_EXTRA_SPACES = "tokenizer.ggml.remove_extra_whitespaces";
    static final String CHARACTER_MAP = "tokenizer.ggml.precompiled_charsmap";
    static final String LOWERCASE = "tokenizer.ggml.normalizer.lowercase";
    static final String STRIP_ACCENTS = "tokenizer.ggml.normalizer.strip_accents";
    static final String COMPOSE = "tokenizer.ggml.normalizer.nfc";

    static final String MODEL_NAME = "general.name";
    static final String ARCHITECTURE = "general.architecture";

    private TokenizerKeys() {}
}
