"""The asset map (Wer hilft wobei): which partner helps with which topic; not what is referred."""
