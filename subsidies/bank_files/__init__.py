"""The default file of the bank (一卡通): how it is written, and how its answer is read."""
