"""One poll of one source: pages in, mentions stored with the cursor that paid for them."""
