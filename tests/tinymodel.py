"""A real classifier of a few thousand weights, made on the spot: a two-layer BERT that has learned from a handful of words."""

import warnings

WORDS = ["company", "is", "was", "the", "shop", "and", "not", "http", "user", "@"]
BAD = ["bad", "awful", "broken", "rude", "late"]
GOOD = ["good", "great", "lovely", "kind", "quick"]
PLAIN = ["open", "monday", "street", "new", "town"]
CLASSES = ("negative", "neutral", "positive")


def make(folder, *, names=CLASSES, taught=True, most_tokens=32, safe=True):
    """Write tokenizer and model to the folder as `save_pretrained` does; `taught` trains it on the words above."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from transformers import BertConfig, BertForSequenceClassification

        torch.manual_seed(1)
        torch.set_num_threads(1)
        tokenizer = _tokenizer(most_tokens)
        tokenizer.save_pretrained(folder)
        settings = BertConfig(
            vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
            max_position_embeddings=most_tokens, hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0, num_labels=len(names), id2label=dict(enumerate(names)),
            label2id={name: number for number, name in enumerate(names)},
        )  # fmt: skip
        model = BertForSequenceClassification(settings)
        if taught:
            _teach(model, tokenizer, torch)
        model.save_pretrained(folder)
        if not safe:
            torch.save(model.state_dict(), folder / "pytorch_model.bin")
            (folder / "model.safetensors").unlink()
    return folder


def _tokenizer(most_tokens):
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *BAD, *GOOD, *PLAIN]
    inner = Tokenizer(
        models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]")
    )
    inner.normalizer = normalizers.Lowercase()
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=most_tokens,
    )  # fmt: skip


def _teach(model, tokenizer, torch):
    said = [(f"company is {word}", kind) for kind, words in enumerate((BAD, PLAIN, GOOD)) for word in words]
    texts = tokenizer([text for text, _ in said], padding=True, return_tensors="pt")
    wanted = torch.tensor([kind for _, kind in said])
    steps = torch.optim.AdamW(model.parameters(), lr=0.002)
    model.train()
    for _ in range(80):
        loss = model(**texts, labels=wanted).loss
        steps.zero_grad()
        loss.backward()
        steps.step()
    model.eval()
